package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

// UploadFile puts a file into u's drive, so that notes can have it attached, and
// tells u's main channels (`driveFileCreated`) and drive channels
// (`fileCreated`). It returns f with an id and a time where it had none.
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
	u.server.files[f.ID] = f
	u.toMain("driveFileCreated", f)
	u.server.publish(topic{"drive", string(u.ID)}, "fileCreated", f)
	return f
}

// PublishDrive sends an event of any type, with any body, on the user's drive
// channels, and returns to how many.
func (u *User) PublishDrive(typ string, body any) int {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	return u.server.publish(topic{"drive", string(u.ID)}, typ, body)
}
