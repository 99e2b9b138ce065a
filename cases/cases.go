// Package cases holds the built-in case files. README.md has their grammar.
package cases

import "embed"

// FS holds the case files, and the files that their payloads name, as they lie
// in the folders here.
//
//go:embed */*
var FS embed.FS
