package typeid

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// Name returns the name of t with full package paths, also inside type
// arguments and composite types: "map[string]*example.com/m/user.User". Types
// declared inside functions carry their bare name, so two of them may share
// one; [Of] tells them apart unless they are built alike.
func Name(t reflect.Type) string {
	switch {
	case t == nil:
		return "nil"
	case t.PkgPath() != "":
		return t.PkgPath() + "." + t.Name() // type arguments are spelled out with their paths
	case t.Name() != "":
		return t.Name()
	}
	switch t.Kind() {
	case reflect.Pointer:
		return "*" + Name(t.Elem())
	case reflect.Slice:
		return "[]" + Name(t.Elem())
	case reflect.Array:
		return "[" + strconv.Itoa(t.Len()) + "]" + Name(t.Elem())
	case reflect.Map:
		return "map[" + Name(t.Key()) + "]" + Name(t.Elem())
	case reflect.Chan:
		return t.ChanDir().String() + " " + Name(t.Elem())
	case reflect.Struct:
		return "struct{" + joined("; ", t.NumField(), func(i int) string { return fieldName(t.Field(i)) }) + "}"
	case reflect.Func:
		ins := joined(", ", t.NumIn(), func(i int) string { return Name(t.In(i)) })
		if t.IsVariadic() {
			last := Name(t.In(t.NumIn() - 1))
			ins = strings.TrimSuffix(ins, last) + "..." + strings.TrimPrefix(last, "[]")
		}
		return "func(" + ins + ") (" + joined(", ", t.NumOut(), func(i int) string { return Name(t.Out(i)) }) + ")"
	case reflect.Interface:
		return interfaceName(t)
	}
	return t.String()
}

func joined(sep string, n int, name func(i int) string) string {
	names := make([]string, n)
	for i := range names {
		names[i] = name(i)
	}
	return strings.Join(names, sep)
}

func fieldName(f reflect.StructField) string {
	name := f.Name + " " + Name(f.Type)
	if f.Anonymous {
		name = "embedded " + name
	}
	if f.PkgPath != "" {
		name = f.PkgPath + "." + name // an unexported field belongs to its package
	}
	if f.Tag != "" {
		name += " " + strconv.Quote(string(f.Tag))
	}
	return name
}

// interfaceName is how reflect spells the type, in which packages have
// their last names only, and the hash that the compiler makes of the type with
// their full paths. To ask reflect for the methods one by one would make the
// linker keep every exported method of every type in the user's binary.
func interfaceName(t reflect.Type) string {
	if t.NumMethod() == 0 {
		return "interface{}"
	}
	return fmt.Sprintf("%s#%08x", t.String(), typeHash(t))
}

// typeHash returns the hash that the compiler gave t. Where types are laid out
// in another way than here, t has a name that no other process knows, so that
// nothing is found by it.
func typeHash(t reflect.Type) uint64 {
	header := (*typeHeader)((*[2]unsafe.Pointer)(unsafe.Pointer(&t))[1])
	if header.size != t.Size() {
		return uint64(uintptr(unsafe.Pointer(header))) + uint64(processStart().UnixNano())
	}
	return uint64(header.hash)
}

var processStart = sync.OnceValue(time.Now)

// typeHeader begins each type in memory (internal/abi.Type).
type typeHeader struct {
	size     uintptr
	pointers uintptr
	hash     uint32
}
