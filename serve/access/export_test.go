package access

// ByRole is who may do what without a grant, for the matrix to be held against whole.
var ByRole = byRole
