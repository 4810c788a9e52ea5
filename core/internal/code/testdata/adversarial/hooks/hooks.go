package hooks

var hook func() string

func init() { hook = installed }

func installed() string { return other() }

func other() string { return "installed" }

func Call() string { return hook() }

type maker struct{ f func() string }

func (m maker) Make() string { return m.f() }

func NewMaker() maker { return maker{f: viaField} }

func viaField() string { return "field" }

// Method returns a method value.
func Method() func() string { return NewMaker().Make }
