//go:build unix

package xtally

import "golang.org/x/sys/unix"

// diskFree is how many bytes a process may still write where a folder lies; -1 when
// the system does not say.
func diskFree(dir string) int64 {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return -1
	}
	return int64(s.Bavail) * int64(s.Bsize)
}
