; The product modulo 2^256 of the two 32-byte numbers in the instruction data.
target datalayout = "e-m:e-p:64:64-i64:64-i128:128-n32:64-S128"
target triple = "bpfel"

declare void @sol_set_return_data(ptr, i64)

define i64 @entrypoint(ptr %input) {
  %a.at = getelementptr i8, ptr %input, i64 16
  %b.at = getelementptr i8, ptr %input, i64 48
  %a = load i256, ptr %a.at, align 8
  %b = load i256, ptr %b.at, align 8
  %product = mul i256 %a, %b
  %out = alloca i256, align 8
  store i256 %product, ptr %out, align 8
  call void @sol_set_return_data(ptr %out, i64 32)
  ret i64 0
}
