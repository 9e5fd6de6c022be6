package misskeytest

import (
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// driveStore is what everybody's drives hold.
type driveStore struct {
	files   registry[misskey.DriveFileID, *driveFile]
	folders registry[misskey.DriveFolderID, *driveFolder]
	web     map[string][]byte // what upload-from-url finds, by URL
}

// driveFile is a file as its owner is shown it. The content is nil where a test
// has said what the file looks like and not what is in it.
type driveFile struct {
	misskey.DriveFile
	owner   *User
	content []byte
}

func (f *driveFile) key() string { return string(f.ID) }

// driveFolder is a folder as its owner is shown it.
type driveFolder struct {
	misskey.DriveFolder
	owner *User
}

func (f *driveFolder) key() string { return string(f.ID) }

// fileDraft is a file that is being put into a drive.
type fileDraft struct {
	id        misskey.DriveFileID
	name      string
	content   []byte
	folder    misskey.DriveFolderID
	sensitive bool
	comment   string
	force     bool // a second file of the same content is wanted
}

// FileOption says something about a file being uploaded.
type FileOption interface{ applyToFile(*fileDraft) }

type fileOption func(*fileDraft)

func (o fileOption) applyToFile(d *fileDraft) { o(d) }

func (o IDOption) applyToFile(d *fileDraft) { d.id = misskey.DriveFileID(o) }

// InFolder puts the file into a folder of the same user's.
func InFolder(id misskey.DriveFolderID) FileOption {
	return fileOption(func(d *fileDraft) { d.folder = id })
}

// Sensitive marks the file as such.
func Sensitive() FileOption { return fileOption(func(d *fileDraft) { d.sensitive = true }) }

// WithComment gives the file an alternative text.
func WithComment(text string) FileOption { return fileOption(func(d *fileDraft) { d.comment = text }) }

// Upload puts a file into u's drive, and tells u's main channels
// (`driveFileCreated`) and drive channels (`fileCreated`). Type, size, MD5 and,
// of PNG, JPEG and GIF pictures, width and height are those of the content, which
// the server serves at the file's URL. Content that is in the drive already makes
// no second file: the first is returned and nobody told.
func (u *User) Upload(name string, content []byte, options ...FileOption) misskey.DriveFile {
	mustGive("Upload", "option", options...)
	return act(u, "Upload", func() (misskey.DriveFile, *apiError) {
		d := fileDraft{name: name, content: slices.Clone(content)}
		for _, o := range options {
			o.applyToFile(&d)
		}
		f, refused := u.server.upload(u, d)
		if refused != nil {
			return misskey.DriveFile{}, refused
		}
		return f.DriveFile, nil
	})
}

// UploadFile puts a file into u's drive that is described and has no content, so
// that notes can have it attached. The events are those of [User.Upload]. It
// returns f with an id, a time and a URL where it had none; there is nothing at
// that URL.
func (u *User) UploadFile(f misskey.DriveFile) misskey.DriveFile {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	if f.ID == "" {
		f.ID = misskey.DriveFileID(u.server.nextID())
	}
	if f.CreatedAt.IsZero() {
		f.CreatedAt = u.server.madeAt(string(f.ID))
	}
	if f.URL == "" {
		f.URL = u.server.newFileURL("")
	}
	u.server.keep(&driveFile{DriveFile: f, owner: u})
	return f
}

// UploadFromURL makes the server fetch a file for u, from what [Server.ServeURL]
// has put there or from another file of its own: the events of [User.Upload],
// then `urlUploadFinished` with the marker on u's main channels. As on the real
// server nobody is told of a URL where there is nothing.
func (u *User) UploadFromURL(url, marker string, options ...FileOption) {
	mustGive("UploadFromURL", "option", options...)
	act(u, "UploadFromURL", func() (struct{}, *apiError) {
		var d fileDraft
		for _, o := range options {
			o.applyToFile(&d)
		}
		u.server.uploadFrom(u, url, &marker, d)
		return struct{}{}, nil
	})
}

// ServeURL makes a file of the web, as the server sees it: there is no other way
// out of the test.
func (s *Server) ServeURL(url string, content []byte) {
	s.locked(func() { s.drive.web[url] = slices.Clone(content) })
}

// UpdateFile gives a file of u's the name, sensitivity, comment and folder of f:
// `fileUpdated` on u's drive channels.
func (u *User) UpdateFile(f misskey.DriveFile) misskey.DriveFile {
	return act(u, "UpdateFile", func() (misskey.DriveFile, *apiError) {
		mine, ok := u.server.drive.files.get(f.ID)
		if !ok {
			return misskey.DriveFile{}, errNoSuchFileUpdate
		}
		if refused := u.server.updateFile(u, mine, f); refused != nil {
			return misskey.DriveFile{}, refused
		}
		return mine.DriveFile, nil
	})
}

// DeleteFile deletes a file of u's: `fileDeleted` on u's drive channels. Notes
// that have it keep it.
func (u *User) DeleteFile(id misskey.DriveFileID) {
	act(u, "DeleteFile", func() (struct{}, *apiError) { return struct{}{}, u.server.deleteFile(u, id) })
}

// AddFolder makes a folder in u's drive, inside of parent unless that is "":
// `folderCreated` on u's drive channels.
func (u *User) AddFolder(name string, parent misskey.DriveFolderID, options ...IDOption) misskey.DriveFolder {
	return act(u, "AddFolder", func() (misskey.DriveFolder, *apiError) {
		f, refused := u.server.addFolder(u, name, parent, options)
		if refused != nil {
			return misskey.DriveFolder{}, refused
		}
		return f.DriveFolder, nil
	})
}

// UpdateFolder gives a folder of u's the name and parent of f: `folderUpdated`.
func (u *User) UpdateFolder(f misskey.DriveFolder) misskey.DriveFolder {
	return act(u, "UpdateFolder", func() (misskey.DriveFolder, *apiError) {
		mine, ok := u.server.folderOf(u, f.ID)
		if !ok {
			return misskey.DriveFolder{}, errNoSuchFolderUpdate
		}
		if refused := u.server.updateFolder(u, mine, f); refused != nil {
			return misskey.DriveFolder{}, refused
		}
		return mine.DriveFolder, nil
	})
}

// DeleteFolder deletes an empty folder of u's: `folderDeleted`.
func (u *User) DeleteFolder(id misskey.DriveFolderID) {
	act(u, "DeleteFolder", func() (struct{}, *apiError) { return struct{}{}, u.server.deleteFolder(u, id) })
}

// PublishDrive sends an event of any type, with any body as [Server.Publish] takes
// it, on the user's drive channels, and returns to how many.
func (u *User) PublishDrive(typ string, body any) (n int) {
	raw := marshal(body)
	u.server.locked(func() { n = u.toDrive(typ, raw) })
	return n
}

func (u *User) toDrive(typ string, body any) int {
	return u.server.publish(topic{"drive", string(u.ID)}, typ, body)
}

// keep stores a file and tells its owner.
func (s *Server) keep(f *driveFile) {
	s.drive.files.add(f.ID, f)
	f.owner.toMain("driveFileCreated", f.DriveFile)
	f.owner.toDrive("fileCreated", f.DriveFile)
}

// upload makes a file of the draft.
func (s *Server) upload(u *User, d fileDraft) (*driveFile, *apiError) {
	name := strings.TrimSpace(d.name)
	switch {
	case name == "" || name == "blob":
		name = "untitled"
	case !validFileName(name):
		return nil, errInvalidFileName
	}
	switch limits, size := s.policiesOf(u), float64(len(d.content)); {
	case size > limits.MaxFileSizeMb*megabyte:
		return nil, errMaxFileSize
	case size+float64(s.driveUsage(u)) > limits.DriveCapacityMb*megabyte:
		return nil, errNoFreeSpace
	}
	if d.folder != "" {
		if _, ok := s.folderOf(u, d.folder); !ok {
			return nil, internalError("folder-not-found")
		}
	}
	f := &driveFile{DriveFile: s.describe(d.content), owner: u, content: d.content}
	if !d.force {
		for _, other := range s.drive.files.all {
			if other.owner == u && other.content != nil && other.MD5 == f.MD5 {
				return other, nil
			}
		}
	}
	if d.id == "" {
		d.id = misskey.DriveFileID(s.nextID())
	}
	f.ID, f.CreatedAt = d.id, s.madeAt(string(d.id))
	f.Name, f.IsSensitive, f.Comment = name, d.sensitive, textOrNull(d.comment)
	f.FolderID = idOrNull(d.folder)
	s.keep(f)
	return f, nil
}

func idOrNull[ID ~string](id ID) opt.Opt[ID] {
	if id == "" {
		return opt.Null[ID]()
	}
	return opt.Of(id)
}

// validFileName: no way into another directory.
func validFileName(name string) bool {
	return !blank(name) && len(name) <= 200 && !strings.ContainsAny(name, `\/`) && !strings.Contains(name, "..")
}

func (s *Server) uploadFrom(u *User, url string, marker *string, d fileDraft) {
	content, ok := s.drive.web[url]
	if !ok {
		if content, ok = s.fileAt(url); !ok {
			return
		}
	}
	d.content = content
	if d.name == "" {
		d.name, _, _ = strings.Cut(url[strings.LastIndexByte(url, '/')+1:], "?")
	}
	f, refused := s.upload(u, d)
	if refused != nil {
		return
	}
	u.toMain("urlUploadFinished", urlUpload{Marker: marker, File: f.DriveFile})
}

type urlUpload struct {
	Marker *string           `json:"marker"` // nil: none was given
	File   misskey.DriveFile `json:"file"`
}

// fileOf finds a file of u's.
func (s *Server) fileOf(u *User, id misskey.DriveFileID) (misskey.DriveFile, bool) {
	f, ok := s.drive.files.get(id)
	if !ok || f.owner != u {
		return misskey.DriveFile{}, false
	}
	return f.DriveFile, true
}

// packAttached writes out a file of a note: as it is by now, and with its owner,
// who is the note's author.
func (s *Server) packAttached(f misskey.DriveFile, author *User) misskey.DriveFile {
	if now, ok := s.drive.files.get(f.ID); ok {
		f = now.DriveFile
	}
	f.UserID = opt.Of(author.ID)
	return f
}

func (s *Server) folderOf(u *User, id misskey.DriveFolderID) (*driveFolder, bool) {
	f, ok := s.drive.folders.get(id)
	return f, ok && f.owner == u
}

// driveUsage is how many bytes u's files have.
func (s *Server) driveUsage(u *User) int64 {
	var n int64
	for _, f := range s.drive.files.all {
		if f.owner == u {
			n += f.Size
		}
	}
	return n
}

func (s *Server) updateFile(u *User, mine *driveFile, to misskey.DriveFile) *apiError {
	switch {
	case mine.owner != u:
		return errUpdateFileOfOthers
	case !validFileName(to.Name):
		return errInvalidFileNameUpdate
	}
	if id := to.FolderID.OrZero(); id != "" {
		if _, ok := s.folderOf(u, id); !ok {
			return errNoSuchFolderOfFile
		}
	}
	mine.Name, mine.IsSensitive, mine.Comment, mine.FolderID = to.Name, to.IsSensitive, to.Comment, to.FolderID
	u.toDrive("fileUpdated", mine.DriveFile)
	return nil
}

func (s *Server) deleteFile(u *User, id misskey.DriveFileID) *apiError {
	f, ok := s.drive.files.get(id)
	switch {
	case !ok:
		return errNoSuchFileDelete
	case f.owner != u:
		return errDeleteFileOfOthers
	}
	s.drive.files.remove(id)
	u.toDrive("fileDeleted", id)
	return nil
}

func (s *Server) addFolder(u *User, name string, parent misskey.DriveFolderID, options []IDOption) (*driveFolder, *apiError) {
	if parent != "" {
		if _, ok := s.folderOf(u, parent); !ok {
			return nil, errNoSuchFolderCreate
		}
	}
	id := s.pickID(options)
	f := &driveFolder{owner: u, DriveFolder: misskey.DriveFolder{
		ID: misskey.DriveFolderID(id), CreatedAt: s.madeAt(id), Name: name, ParentID: idOrNull(parent),
	}}
	s.drive.folders.add(f.ID, f)
	u.toDrive("folderCreated", f.DriveFolder)
	return f, nil
}

func (s *Server) updateFolder(u *User, mine *driveFolder, to misskey.DriveFolder) *apiError {
	for id := to.ParentID.OrZero(); id != ""; {
		parent, ok := s.folderOf(u, id)
		switch {
		case !ok:
			return errNoSuchParentFolder
		case parent == mine:
			return errRecursiveNesting
		}
		id = parent.ParentID.OrZero()
	}
	mine.Name, mine.ParentID = to.Name, to.ParentID
	u.toDrive("folderUpdated", mine.DriveFolder)
	return nil
}

func (s *Server) deleteFolder(u *User, id misskey.DriveFolderID) *apiError {
	f, ok := s.folderOf(u, id)
	if !ok {
		return errNoSuchFolderDelete
	}
	if folders, files := s.countInside(f); folders > 0 || files > 0 {
		return errFolderNotEmpty
	}
	s.drive.folders.remove(id)
	u.toDrive("folderDeleted", id)
	return nil
}

func (s *Server) countInside(f *driveFolder) (folders, files int64) {
	for _, o := range s.drive.folders.all {
		if o.ParentID.OrZero() == f.ID {
			folders++
		}
	}
	for _, o := range s.drive.files.all {
		if o.FolderID.OrZero() == f.ID {
			files++
		}
	}
	return folders, files
}
