//go:build !linux

package store

import (
	"errors"
	"os"
)

func staysMapped(*os.File) bool { return false }

func mapPrivate(*os.File, int) ([]byte, error) { return nil, errors.ErrUnsupported }
