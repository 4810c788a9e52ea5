//go:build darwin || freebsd || netbsd

package unlogged

import "syscall"

func times(st *syscall.Stat_t) (mod, change int64) {
	return int64(st.Mtimespec.Sec)*1e9 + int64(st.Mtimespec.Nsec), int64(st.Ctimespec.Sec)*1e9 + int64(st.Ctimespec.Nsec)
}
