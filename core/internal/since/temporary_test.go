package since

import (
	"path/filepath"
	"testing"
)

func TestOfTest(t *testing.T) {
	tmp := filepath.FromSlash("/tmp")
	temp := &Temp{Dirs: []string{tmp}}
	for _, tt := range []struct {
		path        string
		own, inTest bool
		reason      string
	}{
		{"TestUsersa_bc123456789/001/in.txt", true, true, "its own"},
		{"TestUsersa_b123456789/001/in.txt", true, true, "that of the test around it"},
		{"TestUsers123456789/002", true, true, "that of the outermost"},
		{"TestOther123456789/001/in.txt", false, true, "a neighbour's"},
		{"TestUsersMore123456789/001/in.txt", false, true, "a neighbour's whose name begins alike"},
		{"TestData123/in.txt", false, false, "no TempDir: somebody made it by os.MkdirTemp"},
		{"shared123456789/001/in.txt", false, false, "nor this"},
	} {
		own, inTest := temp.OfTest(filepath.Join(tmp, tt.path), "TestUsers/a_b/c")
		if own != tt.own || inTest != tt.inTest {
			t.Errorf("%s: %v, %v (%s)", tt.path, own, inTest, tt.reason)
		}
	}
}
