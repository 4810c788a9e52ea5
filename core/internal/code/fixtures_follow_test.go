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
	whatIsThere = regexp.MustCompile(`add (cachetest\.With\([^;]*\)\)) for what is there`)
	rowKey      = regexp.MustCompile(`let the key tell the row, (.*?), or add`)
	notSure     = regexp.MustCompile(`(?:; |: )([\w.]+) (?:is of a type that is not known here|is an interface|holds a function): (?:add|make)`)
	ofInputs    = regexp.MustCompile(`(?:add|declare it with) (cachetest\.(?:IgnoreFiles|IgnoreEnv|Env)\([^()]*\))`)
	sinceState  = regexp.MustCompile(` since [^;]* may be changed by [^;]*: (IgnoreCapture\([^()]*\)) if (?:it|they) cannot matter`)
	insteadOf   = regexp.MustCompile(`give it as (cachetest\.With\(("[^"]*"), cachetest\.Path\([^()]*\)\))`)
	failedWith  = regexp.MustCompile(`cachetest: "(zz\d+)[^"]*": With\(`)
	rowInside   = regexp.MustCompile(`make (?:(?:the )?(\w+) and )?((\w+) := (\w+)\[(\w+)\]) inside the build function`)
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

// pasteWithKey adds options and takes the key that a message shows.
func (w *wrapping) pasteWithKey(options func(cause string) string) func(s *callSite, cause string) bool {
	return func(s *callSite, cause string) bool {
		key := rowKey.FindStringSubmatch(cause)
		if key != nil {
			w.keys[s.key] = key[1]
		}
		return w.paste(options)(s, cause) || key != nil
	}
}

// pasteInputs adds the options that a message shows for what was read: for commands and
// system calls a Version, for a temporary file what is in it in place of its name, for
// what was read before the tests, or by system calls, the IgnoreCapture without
// which the code of the run would not count.
func (w *wrapping) pasteInputs(s *callSite, e loggedRun) bool {
	before, cause := w.options[s.key], e.Cause
	if m := sinceState.FindStringSubmatch(cause); m != nil && (e.Code == "init" || e.Code == "hidden") && !strings.Contains(before, "IgnoreCapture") {
		w.options[s.key] += ", cachetest." + m[1]
	}
	for _, m := range ofInputs.FindAllStringSubmatch(cause, -1) {
		w.options[s.key] += ", " + m[1]
	}
	for _, m := range insteadOf.FindAllStringSubmatch(cause, -1) {
		named := regexp.MustCompile(`, cachetest\.With\(` + regexp.QuoteMeta(m[2]) + `, [\w.]+\)`)
		w.options[s.key] = named.ReplaceAllLiteralString(w.options[s.key], "") + ", " + m[1]
	}
	if strings.Contains(cause, `or add cachetest.Version("1")`) {
		w.options[s.key] += `, cachetest.Version("1")`
	}
	return w.options[s.key] != before
}

// A moved is a list of statements that are copied into a build function.
type moved struct {
	text  string
	edits []edit // around it, so that what the statements define is used outside, too
}

// An edit replaces a part of a file.
type edit struct {
	from, to int
	text     string
	site     *callSite // that is wrapped there
}

// moveInside copies the statements from the definition of the values that a
// message says to make inside the build function to the call into that, if all of
// them are defined before it, and of the rows of a table all of it, from which the
// index takes the row. No options are left but those of an index.
func (w *wrapping) moveInside(original map[string][]byte) func(s *callSite, cause string) bool {
	return func(s *callSite, cause string) bool {
		names, rows := map[string]bool{}, map[string][]string{}
		for _, m := range toBeMoved.FindAllStringSubmatch(cause, -1) {
			names[m[1]] = true
		}
		for _, m := range rowInside.FindAllStringSubmatch(cause, -1) {
			rows[m[4]] = m
			if m[1] != "" && m[1] != "list" {
				names[m[1]] = true
			}
		}
		src := original[s.file]
		file, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
		if err != nil {
			return false
		}
		at := func(pos token.Pos) int { return int(pos - file.FileStart) }
		around := func(n ast.Node) bool { return at(n.Pos()) <= s.from && s.to <= at(n.End()) }
		var m moved
		uses, options, last := "", "", 0
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BlockStmt:
				first := -1
				for i, stmt := range n.List {
					if around(n) && s.from < at(stmt.End()) {
						last = at(stmt.Pos())
						if first >= 0 {
							m.text += string(src[at(n.List[first].Pos()):last])
						}
						break
					}
					if around(n) && defines(stmt, names) && first < 0 {
						first = i
					}
					if first >= 0 {
						for _, id := range defined(stmt) {
							uses += "_ = " + id.Name + "; "
						}
					}
				}
			case *ast.RangeStmt:
				list := string(src[at(n.X.Pos()):at(n.X.End())])
				if _, ok := n.X.(*ast.CompositeLit); ok && rows["list"] != nil {
					m.text += "list := " + list + "\n"
					list = "list"
				}
				if row := rows[list]; row != nil && around(n) {
					m.text += fmt.Sprintf("%s; _ = %s\n", row[2], row[3])
					uses += "_ = " + row[3] + "; "
					m.edits = append(m.edits, edit{from: at(n.Key.Pos()), to: at(n.Key.End()), text: row[5]})
					options += fmt.Sprintf(", cachetest.With(%q, %s)", row[5], row[5])
				}
			}
			return true
		})
		if len(names) > 0 || m.text == "" {
			return false
		}
		uses = strings.ReplaceAll(uses, "_ = _; ", "")
		m.text += uses + "\n"
		m.edits = append(m.edits, edit{from: last, to: last, text: uses})
		w.inside[s.key], w.options[s.key] = m, options
		return true
	}
}

// defines reports whether a statement defines one of some variables, and takes
// those that it does out.
func defines(stmt ast.Stmt, names map[string]bool) (found bool) {
	for _, id := range defined(stmt) {
		found = found || names[id.Name]
		delete(names, id.Name)
	}
	return found
}

// defined returns the names that a statement defines for those after it.
func defined(stmt ast.Stmt) (names []*ast.Ident) {
	switch stmt := stmt.(type) {
	case *ast.AssignStmt:
		for _, e := range stmt.Lhs {
			if id, ok := e.(*ast.Ident); ok && stmt.Tok == token.DEFINE {
				names = append(names, id)
			}
		}
	case *ast.DeclStmt:
		for _, spec := range stmt.Decl.(*ast.GenDecl).Specs {
			if spec, ok := spec.(*ast.ValueSpec); ok && stmt.Decl.(*ast.GenDecl).Tok == token.VAR {
				names = append(names, spec.Names...)
			}
		}
	}
	return names
}
