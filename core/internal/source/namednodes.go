package source

// namesGiven returns the names that a declaration gives to a function of byName, and
// whether it gives no others.
func namesGiven(n *node, x extRef) (list []string, all bool) {
	for _, f := range n.fact.rare().named {
		if f.fn.sel != x.name || n.file.names[f.fn.x] != x.path {
			continue
		}
		if f.name == "" {
			return nil, false
		}
		list = append(list, f.name)
	}
	return list, len(list) > 0
}
