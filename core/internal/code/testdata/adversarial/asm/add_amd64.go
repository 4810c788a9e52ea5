package asm

func Add(a, b int64) int64
