package since

import "golang.org/x/sys/unix"

// birthTime returns when a file was made, in nanoseconds since 1970.
func birthTime(path string) (ns int64, ok bool) {
	var st unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, unix.AT_SYMLINK_NOFOLLOW, unix.STATX_BTIME, &st)
	if err != nil || st.Mask&unix.STATX_BTIME == 0 {
		return 0, false
	}
	return st.Btime.Sec*1e9 + int64(st.Btime.Nsec), true
}

// longName returns path: only Windows has short names.
func longName(path string) string { return path }
