module github.com/fixturecache/fixturecache

go 1.25.0

require (
	github.com/bmatcuk/doublestar/v4 v4.6.1
	github.com/cespare/xxhash/v2 v2.3.0
	github.com/rogpeppe/go-internal v1.14.1
	go.yaml.in/yaml/v3 v3.0.4
	golang.org/x/mod v0.21.0
	golang.org/x/sys v0.30.0
)

require golang.org/x/tools v0.26.0 // indirect
