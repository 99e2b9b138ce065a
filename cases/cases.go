// Package cases holds the built-in case files. README.md has their grammar.
package cases

import "embed"

// FS holds the case files as they lie in this folder.
//
//go:embed README.md
var FS embed.FS
