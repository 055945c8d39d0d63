// Package query runs SELECT statements over tables that are made for the
// occasion, with Oracle's rules where they show: the empty string is NULL,
// comparison with NULL is unknown, numbers are exact, strings turn into numbers
// and dates by themselves, and mistakes get Oracle's codes and the place they
// are at.
//
// It understands what a DBA's script asks of V$ views: expressions, the usual
// functions, CASE, joins, subqueries, GROUP BY, HAVING, ORDER BY, DISTINCT, UNION,
// ROWNUM. Analytic functions, hierarchies and PL/SQL are refused.
package query
