package since

import (
	"syscall"
	"unsafe"
)

func birthTime(path string) (ns int64, ok bool) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return 0, false
	}
	var data syscall.Win32FileAttributeData
	if syscall.GetFileAttributesEx(name, syscall.GetFileExInfoStandard, (*byte)(unsafe.Pointer(&data))) != nil {
		return 0, false
	}
	return data.CreationTime.Nanoseconds(), true
}

// longName spells each element of a path as the directory lists it. TEMP is a short
// name, RUNNER~1 say, where a user has a long one.
func longName(path string) string {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return path
	}
	for n := uint32(len(path)); ; {
		long := make([]uint16, n+1)
		n, err = syscall.GetLongPathName(name, &long[0], uint32(len(long)))
		switch {
		case err != nil:
			return path
		case int(n) < len(long):
			return syscall.UTF16ToString(long)
		}
	}
}
