package misskeytest

import (
	"bytes"
	"crypto/md5" // what the server identifies files by
	"encoding/hex"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

const (
	filesPath = "/files/"
	thumbnail = "thumbnail-"
	megabyte  = 1 << 20
)

// pictures are the kinds of pictures whose size is looked at.
var pictures = map[string]func([]byte) (image.Config, error){
	"image/gif":  func(b []byte) (image.Config, error) { return gif.DecodeConfig(bytes.NewReader(b)) },
	"image/jpeg": func(b []byte) (image.Config, error) { return jpeg.DecodeConfig(bytes.NewReader(b)) },
	"image/png":  func(b []byte) (image.Config, error) { return png.DecodeConfig(bytes.NewReader(b)) },
}

// describe says of a file what its content says.
func (s *Server) describe(content []byte) misskey.DriveFile {
	sum := md5.Sum(content)
	kind, _, _ := strings.Cut(http.DetectContentType(content), ";")
	f := misskey.DriveFile{
		Type: kind,
		MD5:  hex.EncodeToString(sum[:]),
		Size: int64(len(content)),
		URL:  s.newFileURL(""),
	}
	if decode, ok := pictures[kind]; ok {
		if size, err := decode(content); err == nil {
			f.Properties.Width, f.Properties.Height = opt.Of(int64(size.Width)), opt.Of(int64(size.Height))
			f.ThumbnailURL = opt.Of(s.newFileURL(thumbnail))
		}
	}
	return f
}

func (s *Server) newFileURL(prefix string) string {
	return s.URL + filesPath + prefix + uuid.NewString()
}

// fileAt finds the content of the file with this URL. A picture is its own
// thumbnail.
func (s *Server) fileAt(url string) ([]byte, bool) {
	for _, f := range s.drive.files.all {
		if f.content != nil && (f.URL == url || f.ThumbnailURL.OrZero() == url) {
			return f.content, true
		}
	}
	return nil, false
}

func isFile(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, filesPath) }

// serveFile needs Server.mu not to be held.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	content, ok := s.fileAt(s.URL + r.URL.Path)
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", http.DetectContentType(content))
	_, _ = w.Write(content) // the client may be gone
}
