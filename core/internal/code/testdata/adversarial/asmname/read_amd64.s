TEXT ·Read(SB), 4, $0-8
	MOVQ example·com∕adv∕asmname∕held·V(SB), AX
	MOVQ AX, ret+0(FP)
	RET
