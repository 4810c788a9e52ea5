package facts

import (
	"strings"
	"testing"

	"github.com/fixturecache/fixturecache/core/internal/code/std"
)

// What looks at something by its name is what the table of the library says to do
// so, line by line: it reads variables, files or zones, or enters the system.
func TestNamesAreRead(t *testing.T) {
	for line := range strings.Lines(byName.Text) {
		words := strings.Fields(line)
		for _, entry := range words[min(1, len(words)):] {
			name, _, _ := strings.Cut(entry, ":")
			name = strings.TrimSuffix(name, "/")
			if does := std.WorldOf(words[0], name); does&(std.Variables|std.Files|std.Zone|std.Raw) == 0 && !Waits.Has(words[0], name) {
				t.Errorf("%s.%s reads nothing", words[0], name)
			}
		}
	}
}
