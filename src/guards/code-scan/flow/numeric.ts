const NUMERIC =
  /^(?:number|bigint|boolean|bool|int|integer|long|short|byte|float|double|decimal|Integer|Long|Short|Byte|Float|Double|Boolean|BigInteger|BigDecimal|Int|Decimal|UUID|Guid|DateTime|Date|LocalDate|LocalDateTime|Instant|ObjectId|u?int(?:8|16|32|64)|[iuf](?:8|16|32|64|128|size)|float(?:32|64)|usize|isize|datetime|date|time|char|Character|Timestamp|uint|ulong|ushort|sbyte|complex|Enum|timedelta)$/

/** A type whose values cannot carry text of somebody's choice. */
export function isNumeric(type: string | undefined): boolean {
  return type !== undefined && NUMERIC.test(type.split('.').at(-1) ?? type)
}
