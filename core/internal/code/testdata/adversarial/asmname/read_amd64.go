package asmname

import _ "example.com/adv/asmname/held"

func Read() int64
