// Package oracle reads facts about one Oracle instance and its database
// through sqlplus, one small script per question, in a form that parses the
// same from 11.2 to 23ai. It changes nothing in the database; the
// one thing it can do is to end an instance (Abort).
package oracle
