package misskeytest

import (
	"path"
	"slices"
	"strings"

	"github.com/misskeyactor/misskeyactor/runtime/opt"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var driveEndpoints = []*endpoint{
	{name: "drive", credential: true, permission: "read:drive", run: showDrive},
	{name: "drive/stream", credential: true, permission: "read:drive",
		params: paged(param{name: "type", kind: aText}), run: driveStream},
	{name: "drive/files", credential: true, permission: "read:drive",
		params: paged(
			param{name: "folderId", kind: anID, nullable: true},
			param{name: "type", kind: aText, nullable: true},
			param{name: "sort", kind: aText, nullable: true, oneOf: fileOrders},
		), run: listFiles},
	{name: "drive/files/create", credential: true, permission: "write:drive", multipart: true,
		params: schema{
			{name: "folderId", kind: anID, nullable: true},
			{name: "name", kind: aText, nullable: true},
			{name: "comment", kind: aText, nullable: true, max: maxFileComment},
			{name: "isSensitive", kind: aBoolean},
			{name: "force", kind: aBoolean},
		}, run: createFile},
	{name: "drive/files/upload-from-url", credential: true, permission: "write:drive",
		params: schema{
			{name: "url", kind: aText, required: true},
			{name: "folderId", kind: anID, nullable: true},
			{name: "isSensitive", kind: aBoolean},
			{name: "comment", kind: aText, nullable: true, max: maxFileComment},
			{name: "marker", kind: aText, nullable: true},
			{name: "force", kind: aBoolean},
		}, run: uploadFromURL},
	{name: "drive/files/show", credential: true, permission: "read:drive", params: schema{
		{name: "fileId", kind: anID},
		{name: "url", kind: aText},
	}, run: showFile},
	{name: "drive/files/update", credential: true, permission: "write:drive",
		params: append(oneFile[:1:1],
			param{name: "folderId", kind: anID, nullable: true},
			param{name: "name", kind: aText},
			param{name: "isSensitive", kind: aBoolean},
			param{name: "comment", kind: aText, nullable: true, max: maxFileComment},
		), run: updateFile},
	{name: "drive/files/delete", credential: true, permission: "write:drive", params: oneFile, run: deleteFile},
	{name: "drive/files/find", credential: true, permission: "read:drive", params: schema{
		{name: "name", kind: aText, required: true},
		{name: "folderId", kind: anID, nullable: true},
	}, run: findFiles},
	{name: "drive/files/find-by-hash", credential: true, permission: "read:drive", params: oneHash, run: findFilesByHash},
	{name: "drive/files/check-existence", credential: true, permission: "read:drive", params: oneHash, run: checkFile},
	{name: "drive/files/attached-notes", credential: true, permission: "read:drive",
		params: paged(oneFile...), run: listNotesWithFile},
	{name: "drive/folders", credential: true, permission: "read:drive",
		params: paged(param{name: "folderId", kind: anID, nullable: true}), run: listFolders},
	{name: "drive/folders/create", credential: true, permission: "write:drive", params: schema{
		{name: "name", kind: aText, max: maxFolderName},
		{name: "parentId", kind: anID, nullable: true},
	}, run: createFolder},
	{name: "drive/folders/show", credential: true, permission: "read:drive", params: oneFolder, run: showFolder},
	{name: "drive/folders/update", credential: true, permission: "write:drive",
		params: append(oneFolder[:1:1],
			param{name: "name", kind: aText, max: maxFolderName},
			param{name: "parentId", kind: anID, nullable: true},
		), run: updateFolder},
	{name: "drive/folders/delete", credential: true, permission: "write:drive", params: oneFolder, run: deleteFolder},
	{name: "drive/folders/find", credential: true, permission: "read:drive", params: schema{
		{name: "name", kind: aText, required: true},
		{name: "parentId", kind: anID, nullable: true},
	}, run: findFolders},
}

const (
	maxFileComment = 512
	maxFolderName  = 200
)

var (
	oneFile    = schema{{name: "fileId", kind: anID, required: true}}
	oneFolder  = schema{{name: "folderId", kind: anID, required: true}}
	oneHash    = schema{{name: "md5", kind: aText, required: true}}
	fileOrders = []string{"+createdAt", "-createdAt", "+name", "-name", "+size", "-size"}
)

var (
	errInvalidFileName       = refusal("INVALID_FILE_NAME", "f449b209-0c60-4e51-84d5-29486263bfd4", "Invalid file name.")
	errNoFreeSpace           = refusal("NO_FREE_SPACE", "d08dbc37-a6a9-463a-8c47-96c32ab5f064", "Cannot upload the file because you have no free space of drive.")
	errMaxFileSize           = refusal("MAX_FILE_SIZE_EXCEEDED", "b9d8c348-33f0-4673-b9a9-5d4da058977a", "Cannot upload the file because it exceeds the maximum file size.")
	errNoSuchFileShow        = refusal("NO_SUCH_FILE", "067bc436-2718-4795-b0fb-ecbe43949e31", "No such file.")
	errShowFileOfOthers      = refusal("ACCESS_DENIED", "25b73c73-68b1-41d0-bad1-381cfdf6579f", "Access denied.")
	errInvalidFileNameUpdate = refusal("INVALID_FILE_NAME", "395e7156-f9f0-475e-af89-53c3c23080c2", "Invalid file name.")
	errNoSuchFileUpdate      = refusal("NO_SUCH_FILE", "e7778c7e-3af9-49cd-9690-6dbc3e6c972d", "No such file.")
	errUpdateFileOfOthers    = refusal("ACCESS_DENIED", "01a53b27-82fc-445b-a0c1-b558465a8ed2", "Access denied.")
	errNoSuchFolderOfFile    = refusal("NO_SUCH_FOLDER", "ea8fb7a5-af77-4a08-b608-c0218176cd73", "No such folder.")
	errNoSuchFileDelete      = refusal("NO_SUCH_FILE", "908939ec-e52b-4458-b395-1025195cea58", "No such file.")
	errDeleteFileOfOthers    = refusal("ACCESS_DENIED", "5eb8d909-2540-4970-90b8-dd6f86088121", "Access denied.")
	errNoSuchFileAttached    = refusal("NO_SUCH_FILE", "c118ece3-2e4b-4296-99d1-51756e32d232", "No such file.")
	errNoSuchFolderCreate    = refusal("NO_SUCH_FOLDER", "53326628-a00d-40a6-a3cd-8975105c0f95", "No such folder.")
	errNoSuchFolderShow      = refusal("NO_SUCH_FOLDER", "d74ab9eb-bb09-4bba-bf24-fb58f761e1e9", "No such folder.")
	errNoSuchFolderUpdate    = refusal("NO_SUCH_FOLDER", "f7974dac-2c0d-4a27-926e-23583b28e98e", "No such folder.")
	errNoSuchParentFolder    = refusal("NO_SUCH_PARENT_FOLDER", "ce104e3a-faaf-49d5-b459-10ff0cbbcaa1", "No such parent folder.")
	errRecursiveNesting      = refusal("RECURSIVE_NESTING", "dbeb024837894013aed44279f9199740", "It can not be structured like nesting folders recursively.")
	errNoSuchFolderDelete    = refusal("NO_SUCH_FOLDER", "1069098f-c281-440f-b085-f9932edbe091", "No such folder.")
	errFolderNotEmpty        = refusal("HAS_CHILD_FILES_OR_FOLDERS", "b0fc8a17-963c-405d-bfbc-859a487295e1", "This folder has child files or folders.")
)

func showDrive(r *request) (any, *apiError) {
	capacity := r.server.policiesOf(r.user).DriveCapacityMb * megabyte
	return map[string]int64{"capacity": int64(capacity), "usage": r.server.driveUsage(r.user)}, nil
}

// files are the caller's, by id.
func (r *request) files() []*driveFile {
	var mine []*driveFile
	for _, f := range r.server.drive.files.all {
		if f.owner == r.user {
			mine = append(mine, f)
		}
	}
	return sortedByID(mine, (*driveFile).key)
}

func (r *request) folders() []*driveFolder {
	var mine []*driveFolder
	for _, f := range r.server.drive.folders.all {
		if f.owner == r.user {
			mine = append(mine, f)
		}
	}
	return sortedByID(mine, (*driveFolder).key)
}

func packFiles(all []*driveFile) []misskey.DriveFile {
	packed := []misskey.DriveFile{}
	for _, f := range all {
		packed = append(packed, f.DriveFile)
	}
	return packed
}

func packFolders(all []*driveFolder) []misskey.DriveFolder {
	packed := []misskey.DriveFolder{}
	for _, f := range all {
		packed = append(packed, f.DriveFolder)
	}
	return packed
}

// ofType reports whether the file is of the type asked for, "image/*" being all
// pictures.
func (f *driveFile) ofType(pattern string) bool {
	if pattern == "" {
		return true
	}
	ok, err := path.Match(pattern, f.Type)
	return ok && err == nil
}

func driveStream(r *request) (any, *apiError) {
	return packFiles(page(r, r.files(), (*driveFile).key, func(f *driveFile) bool { return f.ofType(r.text("type")) })), nil
}

// listFiles lists one folder, without a folderId the top of the drive.
func listFiles(r *request) (any, *apiError) {
	folder := misskey.DriveFolderID(r.text("folderId"))
	wanted := func(f *driveFile) bool { return f.FolderID.OrZero() == folder && f.ofType(r.text("type")) }
	order := r.text("sort")
	if order == "" {
		return packFiles(page(r, r.files(), (*driveFile).key, wanted)), nil
	}
	found := slices.DeleteFunc(r.files(), func(f *driveFile) bool { return !wanted(f) })
	sortFiles(found, order)
	return packFiles(found[:min(len(found), r.integer("limit", defaultPage))]), nil
}

func sortFiles(files []*driveFile, order string) {
	direction := 1
	if order[0] == '+' {
		direction = -1 // plus is from the highest down
	}
	slices.SortStableFunc(files, func(a, b *driveFile) int {
		switch order[1:] {
		case "name":
			return direction * strings.Compare(a.Name, b.Name)
		case "size":
			return direction * int(a.Size-b.Size)
		default:
			return direction * strings.Compare(string(a.ID), string(b.ID))
		}
	})
}

func (r *request) fileDraft() fileDraft {
	return fileDraft{
		folder:    misskey.DriveFolderID(r.text("folderId")),
		sensitive: r.boolean("isSensitive", false),
		comment:   r.text("comment"),
		force:     r.boolean("force", false),
	}
}

func createFile(r *request) (any, *apiError) {
	d := r.fileDraft()
	d.name, d.content = r.file.name, r.file.data
	if name, given := r.params.text("name"); given {
		d.name = name
	}
	f, refused := r.server.upload(r.user, d)
	if refused != nil {
		return nil, refused
	}
	return f.DriveFile, nil
}

// uploadFromURL answers before anybody knows whether there is a file. Here the
// events come first all the same.
func uploadFromURL(r *request) (any, *apiError) {
	var marker *string
	if text, given := r.params.text("marker"); given {
		marker = &text
	}
	r.server.uploadFrom(r.user, r.text("url"), marker, r.fileDraft())
	return nil, nil
}

// showFile shows the file with its folder and its owner.
func showFile(r *request) (any, *apiError) {
	id, url := r.text("fileId"), r.text("url")
	if id == "" && url == "" {
		return nil, invalidParam("#/anyOf/0/required", "must have required property 'fileId'")
	}
	for _, f := range r.server.drive.files.all {
		if string(f.ID) != id && (url == "" || f.URL != url && f.ThumbnailURL.OrZero() != url) {
			continue
		}
		if f.owner != r.user {
			return nil, errShowFileOfOthers
		}
		shown := f.DriveFile
		shown.UserID = opt.Of(f.owner.ID)
		shown.User = pointer(r.server.packUser(f.owner))
		if folder, ok := r.server.drive.folders.get(f.FolderID.OrZero()); ok {
			shown.Folder = pointer(r.server.packFolder(folder))
		}
		return shown, nil
	}
	return nil, errNoSuchFileShow
}

// packFolder writes a folder out with what is around it.
func (s *Server) packFolder(f *driveFolder) misskey.DriveFolder {
	m := f.DriveFolder
	folders, files := s.countInside(f)
	m.FoldersCount, m.FilesCount = opt.Of(folders), opt.Of(files)
	if parent, ok := s.drive.folders.get(f.ParentID.OrZero()); ok {
		m.Parent = pointer(s.packFolder(parent))
	}
	return m
}

func updateFile(r *request) (any, *apiError) {
	f, ok := r.server.drive.files.get(misskey.DriveFileID(r.text("fileId")))
	if !ok {
		return nil, errNoSuchFileUpdate
	}
	to := f.DriveFile
	if name, given := r.params.text("name"); given {
		to.Name = name
	}
	to.IsSensitive = r.boolean("isSensitive", to.IsSensitive)
	if _, given := r.params["comment"]; given {
		to.Comment = textOrNull(r.text("comment"))
	}
	if _, given := r.params["folderId"]; given {
		to.FolderID = idOrNull(misskey.DriveFolderID(r.text("folderId")))
	}
	if refused := r.server.updateFile(r.user, f, to); refused != nil {
		return nil, refused
	}
	return f.DriveFile, nil
}

func deleteFile(r *request) (any, *apiError) {
	return nil, r.server.deleteFile(r.user, misskey.DriveFileID(r.text("fileId")))
}

func findFiles(r *request) (any, *apiError) {
	folder := misskey.DriveFolderID(r.text("folderId"))
	return r.filesThat(func(f *driveFile) bool { return f.Name == r.text("name") && f.FolderID.OrZero() == folder }), nil
}

func findFilesByHash(r *request) (any, *apiError) {
	return r.filesThat(func(f *driveFile) bool { return f.MD5 == r.text("md5") }), nil
}

func checkFile(r *request) (any, *apiError) {
	return len(r.filesThat(func(f *driveFile) bool { return f.MD5 == r.text("md5") })) > 0, nil
}

func (r *request) filesThat(wanted func(*driveFile) bool) []misskey.DriveFile {
	return packFiles(slices.DeleteFunc(r.files(), func(f *driveFile) bool { return !wanted(f) }))
}

func listNotesWithFile(r *request) (any, *apiError) {
	id := misskey.DriveFileID(r.text("fileId"))
	if _, ok := r.server.fileOf(r.user, id); !ok {
		return nil, errNoSuchFileAttached
	}
	all := []misskey.Note{}
	for _, n := range page(r, r.server.notes.ordered, (*note).key, func(n *note) bool {
		return slices.ContainsFunc(n.files, func(f misskey.DriveFile) bool { return f.ID == id })
	}) {
		all = append(all, r.server.packNote(n, packing{me: r.user.ID}))
	}
	return all, nil
}

func listFolders(r *request) (any, *apiError) {
	parent := misskey.DriveFolderID(r.text("folderId"))
	return packFolders(page(r, r.folders(), (*driveFolder).key, func(f *driveFolder) bool {
		return f.ParentID.OrZero() == parent
	})), nil
}

func createFolder(r *request) (any, *apiError) {
	name, given := r.params.text("name")
	if !given {
		name = "Untitled"
	}
	f, refused := r.server.addFolder(r.user, name, misskey.DriveFolderID(r.text("parentId")), nil)
	if refused != nil {
		return nil, refused
	}
	return f.DriveFolder, nil
}

func (r *request) folder() (*driveFolder, bool) {
	return r.server.folderOf(r.user, misskey.DriveFolderID(r.text("folderId")))
}

func showFolder(r *request) (any, *apiError) {
	f, ok := r.folder()
	if !ok {
		return nil, errNoSuchFolderShow
	}
	return r.server.packFolder(f), nil
}

func updateFolder(r *request) (any, *apiError) {
	f, ok := r.folder()
	if !ok {
		return nil, errNoSuchFolderUpdate
	}
	to := f.DriveFolder
	if name, given := r.params.text("name"); given {
		to.Name = name
	}
	if _, given := r.params["parentId"]; given {
		to.ParentID = idOrNull(misskey.DriveFolderID(r.text("parentId")))
	}
	if refused := r.server.updateFolder(r.user, f, to); refused != nil {
		return nil, refused
	}
	return f.DriveFolder, nil
}

func deleteFolder(r *request) (any, *apiError) {
	return nil, r.server.deleteFolder(r.user, misskey.DriveFolderID(r.text("folderId")))
}

func findFolders(r *request) (any, *apiError) {
	parent := misskey.DriveFolderID(r.text("parentId"))
	return packFolders(slices.DeleteFunc(r.folders(), func(f *driveFolder) bool {
		return f.Name != r.text("name") || f.ParentID.OrZero() != parent
	})), nil
}
