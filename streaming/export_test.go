package streaming

// What the tests outside of the package need of those inside.

type Recorded = recorded

var ReadRecording = readRecording
