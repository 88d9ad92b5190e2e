//go:build !unix

package xtally

// diskFree is not known on this system.
func diskFree(string) int64 { return -1 }
