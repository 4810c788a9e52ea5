package facts

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Each method of a testing handle has been judged: it answers what may differ, it
// leaves something behind, or it does neither.
func TestMethodsOfHandles(t *testing.T) {
	// Whether to go on, where to write, and what is empty at first.
	same := strings.Fields("Context Loop Output Run TempDir")
	// What ends the test, or is nothing to it after the build.
	ends := strings.Fields(`Add Attr Error Errorf Fail FailNow Fatal Fatalf Fuzz Helper Log Logf Parallel ReportAllocs ReportMetric
		ResetTimer RunParallel SetBytes SetParallelism Skip SkipNow Skipf StartTimer StopTimer`)
	for _, typ := range []reflect.Type{reflect.TypeFor[*testing.T](), reflect.TypeFor[*testing.B](), reflect.TypeFor[*testing.F](), reflect.TypeFor[testing.TB]()} {
		for i := range typ.NumMethod() {
			m := typ.Method(i)
			switch answers := m.Type.NumOut() > 0; {
			case !m.IsExported():
			case answers && !isQuestion(m.Name) && !slices.Contains(same, m.Name), !answers && !HandleUse{What: m.Name}.Leaves() && !slices.Contains(ends, m.Name):
				t.Errorf("what %s.%s does is not judged", typ, m.Name)
			}
		}
	}
}
