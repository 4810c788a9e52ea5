//go:build unix && !darwin && !freebsd && !netbsd

package unlogged

import "syscall"

func times(st *syscall.Stat_t) (mod, change int64) {
	return int64(st.Mtim.Sec)*1e9 + int64(st.Mtim.Nsec), int64(st.Ctim.Sec)*1e9 + int64(st.Ctim.Nsec)
}
