package held

var V = first()

func first() int64 { return 1 }
