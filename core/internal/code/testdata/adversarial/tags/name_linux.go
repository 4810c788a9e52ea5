package tags

func name() string { return linux() }

func linux() string { return "linux" }
