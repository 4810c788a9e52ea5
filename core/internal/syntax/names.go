package syntax

import (
	"go/token"
	"strings"
)

// names holds one copy of each name that was met, and what token it is.
type names struct {
	table []*name // by hash; the next free place where that is taken
	count int
	spare []name
}

type name struct {
	text string
	hash uint32
	tok  token.Token
	ends bool // a newline after it ends a statement
}

func hashByte(h uint32, c byte) uint32 { return (h ^ uint32(c)) * 0x01000193 } // FNV-1a

func (n *names) prepare() {
	if n.table != nil {
		return
	}
	n.table = make([]*name, 1<<15)
	for tok := token.BREAK; tok <= token.VAR; tok++ {
		text := tok.String()
		var hash uint32
		for i := range len(text) {
			hash = hashByte(hash, text[i])
		}
		e := n.get(text, hash)
		e.tok = tok
		e.ends = tok == token.BREAK || tok == token.CONTINUE || tok == token.FALLTHROUGH || tok == token.RETURN
	}
}

func (n *names) get(text string, hash uint32) *name {
	mask := uint32(len(n.table) - 1)
	for i := (hash ^ hash>>15) & mask; ; i = (i + 1) & mask {
		e := n.table[i]
		if e == nil {
			return n.add(text, hash, i)
		}
		if e.hash == hash && e.text == text {
			return e
		}
	}
}

func (n *names) add(text string, hash, at uint32) *name {
	if len(n.spare) == 0 {
		n.spare = make([]name, 256)
	}
	e := &n.spare[0]
	n.spare = n.spare[1:]
	*e = name{text: strings.Clone(text), hash: hash, tok: token.IDENT, ends: true}
	n.table[at] = e
	if n.count++; n.count > len(n.table)/2 {
		n.grow()
	}
	return e
}

func (n *names) grow() {
	old := n.table
	n.table = make([]*name, 2*len(old))
	mask := uint32(len(n.table) - 1)
	for _, e := range old {
		if e == nil {
			continue
		}
		i := (e.hash ^ e.hash>>15) & mask
		for n.table[i] != nil {
			i = (i + 1) & mask
		}
		n.table[i] = e
	}
}
