package report

// InParts is for tests.
var InParts = (*Table).inParts
