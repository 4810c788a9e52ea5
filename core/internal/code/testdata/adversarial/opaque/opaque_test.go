package opaque

import "testing"

func TestRun(t *testing.T) { _ = Run() }

func TestRead(t *testing.T) { _, _ = Read() }

func TestNow(t *testing.T) { _ = Now() }

func TestFromInit(t *testing.T) { _ = FromInit() }
