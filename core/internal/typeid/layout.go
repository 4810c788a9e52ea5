package typeid

import (
	"math"
	"reflect"
)

// Fits reports whether count elements of outer, one after the other, hold n
// elements of inner from byte off of the first.
func Fits(outer reflect.Type, count int, off uintptr, inner reflect.Type, n int) bool {
	if count <= 0 || n <= 0 {
		return false
	}
	if outer == inner {
		return off%outer.Size() == 0 && int(off/outer.Size())+n <= count
	}
	if inner.Kind() == reflect.Array && inner.Len() > 0 && inner.Size() > 0 {
		if n > math.MaxInt/inner.Len() {
			return false
		}
		if Fits(outer, count, off, inner.Elem(), n*inner.Len()) {
			return true
		}
	}
	size := outer.Size()
	if size == 0 {
		return false
	}
	if i := off / size; i >= uintptr(count) {
		return false
	}
	off %= size
	switch outer.Kind() {
	case reflect.Array:
		if outer.Len() == 0 {
			return false
		}
		return Fits(outer.Elem(), outer.Len(), off, inner, n)
	case reflect.Struct:
		for i := range outer.NumField() {
			f := outer.Field(i)
			if f.Offset <= off && off < f.Offset+f.Type.Size() {
				return Fits(f.Type, 1, off-f.Offset, inner, n)
			}
		}
	}
	return false
}
