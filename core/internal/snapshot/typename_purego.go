//go:build purego

package snapshot

import (
	"reflect"
	"strings"
)

// writeInterfaceName spells all methods.
func writeInterfaceName(b *strings.Builder, t reflect.Type) {
	b.WriteString("interface{")
	for i := range t.NumMethod() {
		m := t.Method(i)
		if i > 0 {
			b.WriteString("; ")
		}
		if m.PkgPath != "" {
			b.WriteString(m.PkgPath + ".")
		}
		b.WriteString(m.Name)
		writeSignature(b, m.Type)
	}
	b.WriteByte('}')
}
