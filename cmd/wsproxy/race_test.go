//go:build race

package main

// memoryFactor is what the race detector makes of the memory of a process: five to
// ten times as much of what the program itself keeps (go.dev/doc/articles/race_detector).
const memoryFactor = 5
