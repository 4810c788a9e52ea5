package opaque

import "os"

// Link reads a link, which package os does not log.
func Link() (string, error) { return os.Readlink("current") }

// AnyLink reads a link of any name.
func AnyLink(name string) (string, error) { return os.Readlink(name) }

func RootLink() (string, error) {
	r, err := os.OpenRoot(".")
	if err != nil {
		return "", err
	}
	defer r.Close()
	return r.Readlink("current")
}
