package code

import "github.com/fixturecache/fixturecache/core/internal/code/codec"

// closureVersion begins each record of a closure.
const closureVersion = "fixturecache closure 29\n"

// A keptClosure is what is kept of a closure, of its declarations one string.
type keptClosure struct {
	Closure
	Decls string
}

// Encode returns the closure as text that DecodeClosure reads. The caller
// guards them against damage.
func (c *Closure) Encode() string {
	kept := keptClosure{*c, c.encoded}
	kept.InTest, kept.ByTurn = false, false // which the caller finds out
	if kept.Decls == "" {
		kept.Decls = string(codec.Write("", &c.decls))
	}
	return string(codec.Write(closureVersion, &kept))
}

// Decls returns what the closure is made of, sorted by name. A hit can do without
// it, so a record is read that far only where it is asked for.
func (c *Closure) Decls() (list []Decl) {
	if c.encoded == "" {
		return c.decls
	}
	if codec.Read("", c.encoded, &list) != nil {
		return nil
	}
	return list
}

// DecodeClosure reads what Encode wrote. It is safe on any text.
func DecodeClosure(data string) (*Closure, error) {
	kept := keptClosure{}
	if err := codec.Read(closureVersion, data, &kept); err != nil {
		return nil, err
	}
	kept.encoded = kept.Decls
	return &kept.Closure, nil
}
