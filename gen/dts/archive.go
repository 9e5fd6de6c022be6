package dts

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
)

// Bounds on an archive; the package has 63 files of 2 MB together.
const (
	maxArchiveBytes   = 1 << 26
	maxArchiveEntries = 10_000
)

// Archive reads a package as npm publishes it, a gzipped tar, and returns its
// declarations and its package.json as a file system to Read from. What else
// is in it is left out. Nothing is written to disk.
func Archive(r io.Reader) (fs.FS, error) {
	unzipped, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("read archive: %w", err)
	}
	limited := &io.LimitedReader{R: unzipped, N: maxArchiveBytes}
	entries := tar.NewReader(limited)
	files := archive{}
	for n := 0; ; n++ {
		header, err := entries.Next()
		if err == io.EOF {
			return files, nil
		}
		if err == nil && wanted(header) {
			files[path.Clean(header.Name)], err = io.ReadAll(entries)
		}
		switch {
		case limited.N == 0 || n == maxArchiveEntries:
			return nil, fmt.Errorf("read archive: it holds more than %d bytes or %d files", maxArchiveBytes, maxArchiveEntries)
		case err != nil:
			return nil, fmt.Errorf("read archive: %w", err)
		}
	}
}

func wanted(header *tar.Header) bool {
	return header.Typeflag == tar.TypeReg &&
		(strings.HasSuffix(header.Name, ".d.ts") || path.Base(header.Name) == "package.json")
}

// archive is a file system in memory, by the full names of its files.
type archive map[string][]byte

func (a archive) Open(name string) (fs.File, error) {
	data, ok := a[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &archived{*bytes.NewReader(data), name}, nil
}

// archived is an open file of an archive, and what there is to know of it.
type archived struct {
	bytes.Reader
	name string
}

func (f *archived) Stat() (fs.FileInfo, error) { return f, nil }
func (f *archived) Close() error               { return nil }
func (f *archived) Name() string               { return path.Base(f.name) }
func (f *archived) Mode() fs.FileMode          { return 0o444 }
func (f *archived) ModTime() time.Time         { return time.Time{} }
func (f *archived) IsDir() bool                { return false }
func (f *archived) Sys() any                   { return nil }
