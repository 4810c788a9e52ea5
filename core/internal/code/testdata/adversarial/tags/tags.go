package tags

// suffix is a variable of function type that init may set.
var suffix = func() string { return "" }

func Name() string { return name() + suffix() }
