package dts_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/misskeyactor/misskeyactor/gen/dts"
)

// pack makes an archive of files that are made of a header and a text.
func pack(t *testing.T, entries ...tar.Header) []byte {
	t.Helper()
	var out bytes.Buffer
	zipped := gzip.NewWriter(&out)
	files := tar.NewWriter(zipped)
	for _, header := range entries {
		text := header.Linkname
		if header.Typeflag == tar.TypeReg {
			header.Linkname, header.Size = "", int64(len(text))
		}
		if err := files.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if header.Typeflag == tar.TypeReg {
			if _, err := io.WriteString(files, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(files.Close(), zipped.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestArchive(t *testing.T) {
	data := pack(t,
		tar.Header{Name: "package/built/a.d.ts", Typeflag: tar.TypeReg, Linkname: "type A = string;"},
		tar.Header{Name: "./package/package.json", Typeflag: tar.TypeReg, Linkname: "{}"},
		tar.Header{Name: "package/built/index.js", Typeflag: tar.TypeReg, Linkname: "0"},
		tar.Header{Name: "package/built/link.d.ts", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"},
	)
	files, err := dts.Archive(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"package/built/a.d.ts": "type A = string;", "package/package.json": "{}"} {
		if got, err := fs.ReadFile(files, name); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", name, got, err)
		}
		if info, err := fs.Stat(files, name); err != nil || info.Size() != int64(len(want)) || !info.Mode().IsRegular() {
			t.Errorf("%s is %v, %v", name, info, err)
		}
	}
	for _, name := range []string{"package/built/index.js", "package/built/link.d.ts", "package"} {
		if _, err := fs.ReadFile(files, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want fs.ErrNotExist", name, err)
		}
	}
}

func TestFaultsOfArchives(t *testing.T) {
	data := pack(t, tar.Header{Name: "a.d.ts", Typeflag: tar.TypeReg, Linkname: strings.Repeat("x", 10_000)})
	bomb := pack(t, tar.Header{Name: "a.d.ts", Typeflag: tar.TypeReg, Linkname: strings.Repeat(" ", 1<<26)})
	broken := errors.New("broken")
	for _, tt := range []struct {
		name string
		r    io.Reader
		want string
	}{
		{"no gzip", strings.NewReader("export type A = string;"), "gzip"},
		{"empty", strings.NewReader(""), "EOF"},
		{"cut", bytes.NewReader(data[:len(data)/2]), "unexpected EOF"},
		{"a bomb", bytes.NewReader(bomb), "more than 67108864 bytes"},
		{"a reader that fails", io.MultiReader(bytes.NewReader(data[:30]), iotest.ErrReader(broken)), "broken"},
	} {
		if _, err := dts.Archive(tt.r); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q in it", tt.name, err, tt.want)
		}
	}
}
