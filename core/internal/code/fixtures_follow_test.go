package code

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strings"
)

var (
	recommended = regexp.MustCompile(`: add (cachetest\.With\([^;]*\))(?:; |$)`)
	whatIsThere = regexp.MustCompile(`or add (cachetest\.With\([^;]*\)\)) for what is there`)
	rowKey      = regexp.MustCompile(`let the key tell the row, (.*?), or add`)
	notSure     = regexp.MustCompile(`(?:; |: )([\w.]+) (?:is of a type that is not known here|is an interface|holds a function): (?:add|make)`)
	ofInputs    = regexp.MustCompile(`(?:add|declare it with) (cachetest\.(?:IgnoreFiles|IgnoreEnv|Env)\([^()]*\))`)
	insteadOf   = regexp.MustCompile(`give it as (cachetest\.With\(("[^"]*"), cachetest\.Path\([^()]*\)\))`)
	failedWith  = regexp.MustCompile(`cachetest: "(zz\d+)[^"]*": With\(`)
	toBeMoved   = regexp.MustCompile(`(?:; |: )(\w+)[\w.]* (?:is|names|differs|holds) [^;]*make it inside the build function`)
)

// pasteable returns the options that a message recommends.
func pasteable(cause string) (list string) {
	for _, m := range append(recommended.FindAllStringSubmatch(cause, -1), whatIsThere.FindAllStringSubmatch(cause, -1)...) {
		list += ", " + m[1]
	}
	return list
}

// everyValue returns a With for each value of which a message does not know
// whether it can be hashed.
func everyValue(cause string) (list string) {
	for _, m := range notSure.FindAllStringSubmatch(cause, -1) {
		list += fmt.Sprintf(", cachetest.With(%q, %s)", m[1], m[1])
	}
	return list + pasteable(cause)
}

// paste adds options by what a message says.
func (w *wrapping) paste(options func(cause string) string) func(s *callSite, cause string) bool {
	return func(s *callSite, cause string) bool {
		w.options[s.key] += options(cause)
		return options(cause) != ""
	}
}

// pasteShown adds the options and takes the key that a message shows.
func (w *wrapping) pasteShown(s *callSite, cause string) bool {
	key := rowKey.FindStringSubmatch(cause)
	if key != nil {
		w.keys[s.key] = key[1]
	}
	return w.paste(pasteable)(s, cause) || key != nil
}

// pasteInputs adds the options that a message shows for what was read: for commands and
// system calls a Version, for a temporary file what is in it in place of its name.
func (w *wrapping) pasteInputs(s *callSite, cause string) bool {
	before := w.options[s.key]
	for _, m := range ofInputs.FindAllStringSubmatch(cause, -1) {
		w.options[s.key] += ", " + m[1]
	}
	for _, m := range insteadOf.FindAllStringSubmatch(cause, -1) {
		named := regexp.MustCompile(`, cachetest\.With\(` + regexp.QuoteMeta(m[2]) + `, [\w.]+\)`)
		w.options[s.key] = named.ReplaceAllLiteralString(w.options[s.key], "") + ", " + m[1]
	}
	if strings.Contains(cause, "GoPackages or Version") {
		w.options[s.key] += `, cachetest.Version("1")`
	}
	return w.options[s.key] != before
}

// A moved is a list of statements that are copied into a build function.
type moved struct {
	text string
	at   int    // where the statement with the call begins
	uses string // stands there, so that what the statements define is used outside, too
}

// moveInside copies the statements from the definition of the values that a
// message says to make inside the build function to the call into that, if all of
// them are defined before it. No options are left.
func (w *wrapping) moveInside(original map[string][]byte) func(s *callSite, cause string) bool {
	return func(s *callSite, cause string) bool {
		names := map[string]bool{}
		for _, m := range toBeMoved.FindAllStringSubmatch(cause, -1) {
			names[m[1]] = true
		}
		src := original[s.file]
		file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
		if err != nil {
			return false
		}
		at := func(pos token.Pos) int { return int(pos - file.FileStart) }
		var m moved
		ast.Inspect(file, func(n ast.Node) bool {
			if b, ok := n.(*ast.BlockStmt); ok && at(b.Pos()) <= s.from && s.to <= at(b.End()) {
				var first ast.Stmt
				for _, stmt := range b.List {
					if s.from < at(stmt.End()) {
						if first != nil {
							m.at = at(stmt.Pos())
							m.text += string(src[at(first.Pos()):m.at])
						}
						break
					}
					if defines(stmt, names) && first == nil {
						first = stmt
					}
					if a, ok := stmt.(*ast.AssignStmt); ok && first != nil && a.Tok == token.DEFINE {
						for _, e := range a.Lhs {
							m.uses += strings.ReplaceAll(fmt.Sprintf("_ = %s; ", e), "_ = _; ", "")
						}
					}
				}
			}
			return true
		})
		if len(names) > 0 || m.text == "" {
			return false
		}
		m.text += "\n"
		w.inside[s.key], w.options[s.key] = m, ""
		return true
	}
}

// defines reports whether a statement defines one of some variables, and takes
// those that it does out.
func defines(stmt ast.Stmt, names map[string]bool) (found bool) {
	a, ok := stmt.(*ast.AssignStmt)
	if ok && a.Tok == token.DEFINE {
		for _, e := range a.Lhs {
			if id, ok := e.(*ast.Ident); ok && names[id.Name] {
				found = true
				delete(names, id.Name)
			}
		}
	}
	return found
}
