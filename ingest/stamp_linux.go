package ingest

import (
	"io/fs"
	"syscall"
)

// stampOf is what the system says of a file, for the ledger of files seen.
func stampOf(info fs.FileInfo) stamp {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return stamp{}
	}
	return stamp{Bytes: info.Size(), Inode: int64(s.Ino), ModifiedNs: s.Mtim.Nano(), ChangedNs: s.Ctim.Nano()}
}
