//go:build unix && !darwin && !freebsd && !netbsd

package unlogged

import "syscall"

func modTime(st *syscall.Stat_t) int64 {
	return int64(st.Mtim.Sec)*1e9 + int64(st.Mtim.Nsec)
}

func changeTime(st *syscall.Stat_t) int64 {
	return int64(st.Ctim.Sec)*1e9 + int64(st.Ctim.Nsec)
}
