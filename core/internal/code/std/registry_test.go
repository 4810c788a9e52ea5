package std

import (
	"go/types"
	"slices"
	"strings"
	"testing"
)

// unseen are the variables of other packages that initialization of the standard library
// can come to set and which are no state: they keep what was computed once, keep values
// alive, hold settings of GODEBUG or files of the system, and some are errors or types that
// are handed on, so that no program can tell whether somebody has been there before.
// log/internal.DefaultOutput is set by package log, for log/slog, which imports it in any case,
// and two of net/http/internal/http2 by net/http, which alone imports that.
var unseen = strings.Fields(`
	context.Canceled context.DeadlineExceeded context.closedchan context.goroutines
	crypto/internal/fips140/drbg.drbgInstance crypto/internal/sysrand.firstUse
	encoding/json.encoderCache encoding/json/jsontext.ErrDuplicateName
	encoding/json/v2.allMarshalerTypes encoding/json/v2.allMethodTypes encoding/json/v2.errNonSingularValue encoding/json/v2.errNonStringValue
	encoding/json/v2.errUnsupportedMutation encoding/json/v2.export encoding/json/v2.isZeroerType encoding/json/v2.jsonMarshalerToType
	encoding/json/v2.jsonMarshalerType encoding/json/v2.jsonUnmarshalerFromType encoding/json/v2.jsonUnmarshalerType
	encoding/json/v2.lookupArshalerCache encoding/json/v2.textAppenderType encoding/json/v2.textMarshalerType encoding/json/v2.textUnmarshalerType
	internal/abi.escapeSink internal/buildcfg.Error io.ErrUnexpectedEOF log/internal.DefaultOutput math/big.cacheBase10
	mime/multipart.multipartfiles mime/multipart.multipartmaxheaders mime/multipart.multipartmaxparts
	net.hosts net.multipathtcp net.netedns0 net.nssConfig net.resolvConf net.zoneCache net/http/internal/http2.LocalAddrContextKey net/http/internal/http2.NoBody net/url.urlmaxqueryparams
	reflect.dummy reflect.layoutCache reflect.lookupCache reflect.pinAIXGCData reflect.ptrMap reflect.structLookupCache sync.allPools sync/atomic.firstStoreInProgress
	time.asynctimerchan unique.uniqueMaps
`)

// TestRegistries: what the initialization of a package leaves in other packages is state
// which has a name, and so who uses it is known, or is none that programs can see.
func TestRegistries(t *testing.T) {
	if len(releases()) == 1 {
		t.Skip("set CACHETEST_LONG=all to follow the initialization of the libraries that the table is of, with the newest of them")
	}
	found := map[string]string{}
	for _, release := range releases() {
		g := loaded(t, release, system).graph()
		for _, path := range publicPackages(g.l.context.GOROOT) {
			if p := g.l.packages[path]; p != nil {
				for of := range withImports(p) {
					if !g.inEveryTest()[of] {
						g.setElsewhere(of, found)
					}
				}
			}
		}
	}
	for name, by := range found {
		if !slices.Contains(unseen, name) {
			t.Errorf("%s sets %s, which is neither state nor known to be out of sight", by, name)
		}
	}
	for _, name := range unseen {
		if found[name] == "" {
			t.Errorf("nothing sets %s", name)
		}
	}
}

// setElsewhere finds the variables that are no state, and which the initialization of a
// package can come to set in others, each with a function that does.
func (g *graph) setElsewhere(p *types.Package, found map[string]string) {
	seen := map[types.Object]bool{}
	var visit func(o types.Object)
	visit = func(o types.Object) {
		if seen[o] || o.Pkg() == nil || isRuntime(o.Pkg().Path()) {
			return
		}
		seen[o] = true
		for _, to := range g.leadsTo(o) {
			fn, isFunc := o.(*types.Func)
			v, isVar := to.(*types.Var)
			if isFunc && isVar && v.Pkg() != nil && v.Pkg() != p && g.stateOfVar(v) == "" && g.l.change(fn, v).mutates {
				found[nameOf(v)] = fn.FullName()
			}
			if _, isType := to.(*types.TypeName); !isType && !g.once[[2]types.Object{o, to}] {
				visit(to)
			}
		}
	}
	for _, o := range g.initialized(p) {
		visit(o)
	}
}
