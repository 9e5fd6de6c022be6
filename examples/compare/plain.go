package main

import (
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// The types below are what one would write by hand for encoding/json: the
// same fields as the generated ones, and pointers where those have an Opt.

type plainNote struct {
	ID                       misskey.NoteID              `json:"id"`
	CreatedAt                time.Time                   `json:"createdAt"`
	DeletedAt                *time.Time                  `json:"deletedAt,omitempty"`
	UserID                   misskey.UserID              `json:"userId"`
	User                     plainUserLite               `json:"user"`
	Text                     *string                     `json:"text"`
	CW                       *string                     `json:"cw"`
	Visibility               misskey.NoteVisibility      `json:"visibility"`
	LocalOnly                bool                        `json:"localOnly"`
	IsHidden                 *bool                       `json:"isHidden,omitempty"`
	HasPoll                  *bool                       `json:"hasPoll,omitempty"`
	ReactionAcceptance       *misskey.ReactionAcceptance `json:"reactionAcceptance"`
	VisibleUserIDs           []misskey.UserID            `json:"visibleUserIds,omitzero"`
	RenoteCount              int64                       `json:"renoteCount"`
	RepliesCount             int64                       `json:"repliesCount"`
	ReactionCount            int64                       `json:"reactionCount"`
	ClippedCount             *int64                      `json:"clippedCount,omitempty"`
	Reactions                map[string]int64            `json:"reactions"`
	ReactionEmojis           map[string]string           `json:"reactionEmojis"`
	ReactionAndUserPairCache []string                    `json:"reactionAndUserPairCache,omitzero"`
	MyReaction               *string                     `json:"myReaction,omitempty"`
	Emojis                   map[string]string           `json:"emojis,omitzero"`
	Tags                     []string                    `json:"tags,omitzero"`
	Mentions                 []misskey.UserID            `json:"mentions,omitzero"`
	FileIDs                  []misskey.DriveFileID       `json:"fileIds"`
	Files                    []plainDriveFile            `json:"files"`
	Poll                     *plainNotePoll              `json:"poll,omitempty"`
	ReplyID                  *misskey.NoteID             `json:"replyId"`
	Reply                    *plainNote                  `json:"reply,omitempty"`
	RenoteID                 *misskey.NoteID             `json:"renoteId"`
	Renote                   *plainNote                  `json:"renote,omitempty"`
	ChannelID                *misskey.ChannelID          `json:"channelId,omitempty"`
	Channel                  *plainNoteChannel           `json:"channel,omitempty"`
	URI                      *string                     `json:"uri,omitempty"`
	URL                      *string                     `json:"url,omitempty"`
}

type plainUserLite struct {
	ID                           misskey.UserID          `json:"id"`
	Name                         *string                 `json:"name"`
	Username                     string                  `json:"username"`
	Host                         *string                 `json:"host"`
	AvatarURL                    string                  `json:"avatarUrl"`
	AvatarBlurhash               *string                 `json:"avatarBlurhash"`
	AvatarDecorations            []plainAvatarDecoration `json:"avatarDecorations"`
	IsBot                        bool                    `json:"isBot"`
	IsCat                        bool                    `json:"isCat"`
	RequireSigninToViewContents  *bool                   `json:"requireSigninToViewContents,omitempty"`
	MakeNotesFollowersOnlyBefore *int64                  `json:"makeNotesFollowersOnlyBefore,omitempty"`
	MakeNotesHiddenBefore        *int64                  `json:"makeNotesHiddenBefore,omitempty"`
	Instance                     *plainUserInstance      `json:"instance,omitempty"`
	Emojis                       map[string]string       `json:"emojis"`
	OnlineStatus                 misskey.OnlineStatus    `json:"onlineStatus"`
	BadgeRoles                   []plainBadgeRole        `json:"badgeRoles,omitzero"`
}

type plainDriveFile struct {
	ID           misskey.DriveFileID      `json:"id"`
	CreatedAt    time.Time                `json:"createdAt"`
	Name         string                   `json:"name"`
	Type         string                   `json:"type"`
	MD5          string                   `json:"md5"`
	Size         int64                    `json:"size"`
	IsSensitive  bool                     `json:"isSensitive"`
	Blurhash     *string                  `json:"blurhash"`
	Properties   plainDriveFileProperties `json:"properties"`
	URL          string                   `json:"url"`
	ThumbnailURL *string                  `json:"thumbnailUrl"`
	Comment      *string                  `json:"comment"`
	FolderID     *misskey.DriveFolderID   `json:"folderId"`
	Folder       *plainDriveFolder        `json:"folder"`
	UserID       *misskey.UserID          `json:"userId"`
	User         *plainUserLite           `json:"user"`
}

type plainNotePoll struct {
	Multiple  bool                  `json:"multiple"`
	ExpiresAt *time.Time            `json:"expiresAt"`
	Choices   []plainNotePollChoice `json:"choices"`
}

type plainNoteChannel struct {
	ID                    misskey.ChannelID `json:"id"`
	Name                  string            `json:"name"`
	Color                 string            `json:"color"`
	IsSensitive           bool              `json:"isSensitive"`
	AllowRenoteToExternal bool              `json:"allowRenoteToExternal"`
	UserID                *misskey.UserID   `json:"userId"`
}

type plainAvatarDecoration struct {
	ID      misskey.AvatarDecorationID `json:"id"`
	URL     string                     `json:"url"`
	Angle   *float64                   `json:"angle,omitempty"`
	FlipH   *bool                      `json:"flipH,omitempty"`
	OffsetX *float64                   `json:"offsetX,omitempty"`
	OffsetY *float64                   `json:"offsetY,omitempty"`
}

type plainUserInstance struct {
	Name            *string `json:"name"`
	SoftwareName    *string `json:"softwareName"`
	SoftwareVersion *string `json:"softwareVersion"`
	IconURL         *string `json:"iconUrl"`
	FaviconURL      *string `json:"faviconUrl"`
	ThemeColor      *string `json:"themeColor"`
}

type plainBadgeRole struct {
	Name         string  `json:"name"`
	IconURL      *string `json:"iconUrl"`
	DisplayOrder int64   `json:"displayOrder"`
}

type plainDriveFileProperties struct {
	Width       *int64  `json:"width,omitempty"`
	Height      *int64  `json:"height,omitempty"`
	Orientation *int64  `json:"orientation,omitempty"`
	AvgColor    *string `json:"avgColor,omitempty"`
}

type plainDriveFolder struct {
	ID           misskey.DriveFolderID  `json:"id"`
	CreatedAt    time.Time              `json:"createdAt"`
	Name         string                 `json:"name"`
	ParentID     *misskey.DriveFolderID `json:"parentId"`
	Parent       *plainDriveFolder      `json:"parent,omitempty"`
	FoldersCount *int64                 `json:"foldersCount,omitempty"`
	FilesCount   *int64                 `json:"filesCount,omitempty"`
}

type plainNotePollChoice struct {
	Text    string `json:"text"`
	Votes   int64  `json:"votes"`
	IsVoted bool   `json:"isVoted"`
}
