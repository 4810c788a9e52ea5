//go:build !linux

package store

import (
	"errors"
	"os"
)

func cloneFile(dst, src *os.File) error { return errors.ErrUnsupported }

func syncFileSystem(dir string) error { return errors.ErrUnsupported }

func mapsSafely(*os.File) bool { return false }

func mapPrivate(*os.File, int) ([]byte, error) { return nil, errors.ErrUnsupported }
