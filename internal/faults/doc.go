// Package faults is a suite of tests that has everything go wrong around
// fixtures: processes are killed at each system call, calls fail, disks are full,
// files are damaged, changed meanwhile and planted by others. Each test prints
// how many cases it tried. docs/reliability.md says what is promised for which
// fault and which test shows it.
//
// By default there is one case of some sweeps, to see that the suite works; with
// -cases N each sweep tries so many of its cases, spread evenly over all, and with
// CACHETEST_LONG=1 all of them.
//
// The tests trace system calls, and so run on Linux on amd64.
package faults
