package cachetest

import "fmt"

// An optionID is an option's row in meanings.
type optionID uint8

const (
	optWith optionID = iota
	optFiles
	optEnv
	optTool
	optGoPackages
	optGoFlags
	optVersion
	optDeclaredOnly
	optIgnoreFiles
	optIgnoreEnv
	optIgnoreCapture
	optMaxAge
	optCode
	optScope
	optLocal
	optShared
	optRefresh
	optNoStore
	optCheckDeterministic
	optWithCodec
)

// A verb is a function that takes options, as a bit.
type verb uint8

const (
	onMemo verb = 1 << iota
	onCall
	onDir
	onFile
	onGoBuild
	onScriptDir // cachescript.Dir
	onScriptFile
	onScriptGoBuild

	onValue = onMemo | onCall
	onTree  = onDir | onFile
	onFunc  = onValue | onTree | onScriptDir | onScriptFile // all that call a build function
	onBuild = onGoBuild | onScriptGoBuild
	onAll   = onFunc | onBuild
)

// verbNames are the verbs as users call them, in the order of their bits.
var verbNames = [...]string{
	"Memo", "Call", "Dir", "File", "GoBuild", "cachescript.Dir", "cachescript.File", "cachescript.GoBuild",
}

func verbOf(name string) verb {
	for i, other := range verbNames {
		if name == other {
			return 1 << i
		}
	}
	panic("cachetest: no verb " + name)
}

// meanings says which option means something for which verb, and what to know
// where it does not.
var meanings = [...]struct {
	name string
	on   verb
	why  string
}{
	optWith:               {"With", onFunc, "go build is told how to build by GoFlags"},
	optFiles:              {"Files", onAll, ""},
	optEnv:                {"Env", onAll, ""},
	optTool:               {"Tool", onAll, ""},
	optGoPackages:         {"GoPackages", onFunc, "go build finds the packages of a command itself"},
	optGoFlags:            {"GoFlags", onBuild, "they are flags of go build, which GoBuild runs"},
	optVersion:            {"Version", onAll, ""},
	optDeclaredOnly:       {"DeclaredOnly", onFunc, "nothing but what go build uses and what is declared counts for a command"},
	optIgnoreFiles:        {"IgnoreFiles", onAll, ""},
	optIgnoreEnv:          {"IgnoreEnv", onFunc, "the variables that go build uses always count"},
	optIgnoreCapture:      {"IgnoreCapture", onFunc, "there is no build function that could capture a variable"},
	optMaxAge:             {"MaxAge", onAll, ""},
	optCode:               {"Code", onFunc, "there is no build function whose code could count"},
	optScope:              {"Scope", onFunc, "all packages of a module share its commands"},
	optLocal:              {"Local", onAll, ""},
	optShared:             {"Shared", onValue | onTree, "a built command is always shared, and a script says fixture -ro for the stored tree itself"},
	optRefresh:            {"Refresh", onAll, ""},
	optNoStore:            {"NoStore", onAll, ""},
	optCheckDeterministic: {"CheckDeterministic", onValue, "it compares two values of Memo or Call"},
	optWithCodec:          {"WithCodec", onValue, "it is for values of Memo and Call"},
}

// misuse reports the first option given that means nothing for a verb.
func (s *settings) misuse(verb string) error {
	on := verbOf(verb)
	for id, given := range s.given {
		if m := &meanings[id]; given && m.on&on == 0 {
			return fmt.Errorf("%s means nothing for %s: %s", m.name, verb, m.why)
		}
	}
	return nil
}
