module @easel {
  func.func @main(%arg0: tensor<1x8x8x3xf32>, %arg1: tensor<4x4x3x5xf32>, %arg2: tensor<4x4x5x3xf32>, %arg3: tensor<5xf32>, %arg4: tensor<5xf32>) -> (tensor<1x8x8x3xf32>, tensor<1x8x8x3xf32>, tensor<4x4x3x5xf32>, tensor<4x4x5x3xf32>, tensor<5xf32>, tensor<5xf32>) {
    %0 = "stablehlo.convolution"(%arg0, %arg1) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 1, 1>,
      padding = dense<[[1, 1], [1, 1]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>],
      rhs_dilation = array<i64: 1, 1>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 2, 2>
    } : (tensor<1x8x8x3xf32>, tensor<4x4x3x5xf32>) -> tensor<1x4x4x5xf32>
    %1 = "stablehlo.constant"() { value = dense<0.0> : tensor<f32> } : () -> tensor<f32>
    %3 = "stablehlo.reduce"(%0, %1) ({
      ^reductionFn(%arg5: tensor<f32>, %arg6: tensor<f32>) :
          %2 = "stablehlo.add"(%arg5, %arg6) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%2) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0, 1, 2> } : (tensor<1x4x4x5xf32>, tensor<f32>) -> tensor<5xf32>
    %4 = "stablehlo.reshape"(%3) : (tensor<5xf32>) -> tensor<1x5xf32>
    %5 = "stablehlo.constant"() { value = dense<0.0625> : tensor<f32> } : () -> tensor<f32>
    %6 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x5xf32>
    %7 = "stablehlo.multiply"(%4, %6) : (tensor<1x5xf32>, tensor<1x5xf32>) -> tensor<1x5xf32>
    %8 = "stablehlo.reshape"(%7) : (tensor<1x5xf32>) -> tensor<5xf32>
    %9 = "stablehlo.broadcast_in_dim"(%8) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %10 = "stablehlo.subtract"(%0, %9) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %11 = "stablehlo.multiply"(%10, %10) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %12 = "stablehlo.reduce"(%11, %1) ({
      ^reductionFn(%arg5: tensor<f32>, %arg6: tensor<f32>) :
          %2 = "stablehlo.add"(%arg5, %arg6) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%2) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0, 1, 2> } : (tensor<1x4x4x5xf32>, tensor<f32>) -> tensor<5xf32>
    %13 = "stablehlo.reshape"(%12) : (tensor<5xf32>) -> tensor<1x5xf32>
    %14 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x5xf32>
    %15 = "stablehlo.multiply"(%13, %14) : (tensor<1x5xf32>, tensor<1x5xf32>) -> tensor<1x5xf32>
    %16 = "stablehlo.constant"() { value = dense<9.999999747378752e-06> : tensor<f32> } : () -> tensor<f32>
    %17 = "stablehlo.broadcast_in_dim"(%16) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x5xf32>
    %18 = "stablehlo.add"(%15, %17) : (tensor<1x5xf32>, tensor<1x5xf32>) -> tensor<1x5xf32>
    %19 = "stablehlo.rsqrt"(%18) : (tensor<1x5xf32>) -> tensor<1x5xf32>
    %20 = "stablehlo.reshape"(%7) : (tensor<1x5xf32>) -> tensor<1x1x5xf32>
    %21 = "stablehlo.reshape"(%19) : (tensor<1x5xf32>) -> tensor<1x1x5xf32>
    %22 = "stablehlo.concatenate"(%20, %21) { dimension = 1 : i64 } : (tensor<1x1x5xf32>, tensor<1x1x5xf32>) -> tensor<1x2x5xf32>
    %23 = "stablehlo.slice"(%22) {
      limit_indices = array<i64: 1, 1, 5>,
      start_indices = array<i64: 0, 0, 0>,
      strides = array<i64: 1, 1, 1>
    } : (tensor<1x2x5xf32>) -> tensor<1x1x5xf32>
    %24 = "stablehlo.reshape"(%23) : (tensor<1x1x5xf32>) -> tensor<1x5xf32>
    %25 = "stablehlo.reshape"(%24) : (tensor<1x5xf32>) -> tensor<5xf32>
    %26 = "stablehlo.broadcast_in_dim"(%25) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %27 = "stablehlo.subtract"(%0, %26) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %28 = "stablehlo.slice"(%22) {
      limit_indices = array<i64: 1, 2, 5>,
      start_indices = array<i64: 0, 1, 0>,
      strides = array<i64: 1, 1, 1>
    } : (tensor<1x2x5xf32>) -> tensor<1x1x5xf32>
    %29 = "stablehlo.reshape"(%28) : (tensor<1x1x5xf32>) -> tensor<1x5xf32>
    %30 = "stablehlo.reshape"(%29) : (tensor<1x5xf32>) -> tensor<5xf32>
    %31 = "stablehlo.broadcast_in_dim"(%30) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %32 = "stablehlo.multiply"(%27, %31) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %33 = "stablehlo.broadcast_in_dim"(%arg3) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %34 = "stablehlo.multiply"(%32, %33) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %35 = "stablehlo.broadcast_in_dim"(%arg4) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %36 = "stablehlo.add"(%34, %35) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %37 = "stablehlo.broadcast_in_dim"(%1) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x4x4x5xf32>
    %38 = "stablehlo.compare"(%36, %37) {
      compare_type = #stablehlo<comparison_type FLOAT>,
      comparison_direction = #stablehlo<comparison_direction GT>
    } : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xi1>
    %39 = "stablehlo.constant"() { value = dense<0.20000000298023224> : tensor<f32> } : () -> tensor<f32>
    %40 = "stablehlo.broadcast_in_dim"(%39) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x4x4x5xf32>
    %41 = "stablehlo.multiply"(%36, %40) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %42 = "stablehlo.select"(%38, %36, %41) : (tensor<1x4x4x5xi1>, tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %43 = "stablehlo.reverse"(%arg2) { dimensions = array<i64: 0, 1> } : (tensor<4x4x5x3xf32>) -> tensor<4x4x5x3xf32>
    %44 = "stablehlo.convolution"(%42, %43) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 2, 2>,
      padding = dense<[[2, 2], [2, 2]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>],
      rhs_dilation = array<i64: 1, 1>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 1, 1>
    } : (tensor<1x4x4x5xf32>, tensor<4x4x5x3xf32>) -> tensor<1x8x8x3xf32>
    %45 = "stablehlo.tanh"(%44) : (tensor<1x8x8x3xf32>) -> tensor<1x8x8x3xf32>
    %46 = "stablehlo.constant"() { value = dense<1.0> : tensor<f32> } : () -> tensor<f32>
    %47 = "stablehlo.constant"() { value = dense<0.0052083334885537624> : tensor<f32> } : () -> tensor<f32>
    %48 = "stablehlo.broadcast_in_dim"(%47) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<f32>
    %49 = "stablehlo.multiply"(%46, %48) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %50 = "stablehlo.broadcast_in_dim"(%49) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x8x8x3xf32>
    %51 = "stablehlo.constant"() { value = dense<1.0> : tensor<f32> } : () -> tensor<f32>
    %52 = "stablehlo.broadcast_in_dim"(%51) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x8x8x3xf32>
    %53 = "stablehlo.multiply"(%45, %45) : (tensor<1x8x8x3xf32>, tensor<1x8x8x3xf32>) -> tensor<1x8x8x3xf32>
    %54 = "stablehlo.subtract"(%52, %53) : (tensor<1x8x8x3xf32>, tensor<1x8x8x3xf32>) -> tensor<1x8x8x3xf32>
    %55 = "stablehlo.multiply"(%50, %54) : (tensor<1x8x8x3xf32>, tensor<1x8x8x3xf32>) -> tensor<1x8x8x3xf32>
    %56 = "stablehlo.convolution"(%55, %arg2) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, o, i]->[b, 0, 1, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 1, 1>,
      padding = dense<[[1, 1], [1, 1]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>],
      rhs_dilation = array<i64: 1, 1>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 2, 2>
    } : (tensor<1x8x8x3xf32>, tensor<4x4x5x3xf32>) -> tensor<1x4x4x5xf32>
    %57 = "stablehlo.convolution"(%55, %42) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[f, 0, 1, b]x[i, 0, 1, o]->[0, 1, f, b]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 1, 1>,
      padding = dense<[[1, 1], [1, 1]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>],
      rhs_dilation = array<i64: 2, 2>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 1, 1>
    } : (tensor<1x8x8x3xf32>, tensor<1x4x4x5xf32>) -> tensor<4x4x5x3xf32>
    %58 = "stablehlo.broadcast_in_dim"(%1) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x4x4x5xf32>
    %59 = "stablehlo.compare"(%42, %58) {
      compare_type = #stablehlo<comparison_type FLOAT>,
      comparison_direction = #stablehlo<comparison_direction GT>
    } : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xi1>
    %60 = "stablehlo.broadcast_in_dim"(%39) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x4x4x5xf32>
    %61 = "stablehlo.multiply"(%56, %60) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %62 = "stablehlo.select"(%59, %56, %61) : (tensor<1x4x4x5xi1>, tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %63 = "stablehlo.reduce"(%62, %1) ({
      ^reductionFn(%arg5: tensor<f32>, %arg6: tensor<f32>) :
          %2 = "stablehlo.add"(%arg5, %arg6) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%2) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0, 1, 2> } : (tensor<1x4x4x5xf32>, tensor<f32>) -> tensor<5xf32>
    %64 = "stablehlo.reshape"(%63) : (tensor<5xf32>) -> tensor<1x5xf32>
    %65 = "stablehlo.slice"(%22) {
      limit_indices = array<i64: 1, 1, 5>,
      start_indices = array<i64: 0, 0, 0>,
      strides = array<i64: 1, 1, 1>
    } : (tensor<1x2x5xf32>) -> tensor<1x1x5xf32>
    %66 = "stablehlo.reshape"(%65) : (tensor<1x1x5xf32>) -> tensor<1x5xf32>
    %67 = "stablehlo.reshape"(%66) : (tensor<1x5xf32>) -> tensor<5xf32>
    %68 = "stablehlo.broadcast_in_dim"(%67) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %69 = "stablehlo.subtract"(%0, %68) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %70 = "stablehlo.slice"(%22) {
      limit_indices = array<i64: 1, 2, 5>,
      start_indices = array<i64: 0, 1, 0>,
      strides = array<i64: 1, 1, 1>
    } : (tensor<1x2x5xf32>) -> tensor<1x1x5xf32>
    %71 = "stablehlo.reshape"(%70) : (tensor<1x1x5xf32>) -> tensor<1x5xf32>
    %72 = "stablehlo.reshape"(%71) : (tensor<1x5xf32>) -> tensor<5xf32>
    %73 = "stablehlo.broadcast_in_dim"(%72) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %74 = "stablehlo.multiply"(%69, %73) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %75 = "stablehlo.multiply"(%62, %74) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %76 = "stablehlo.reduce"(%75, %1) ({
      ^reductionFn(%arg5: tensor<f32>, %arg6: tensor<f32>) :
          %2 = "stablehlo.add"(%arg5, %arg6) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%2) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0, 1, 2> } : (tensor<1x4x4x5xf32>, tensor<f32>) -> tensor<5xf32>
    %77 = "stablehlo.reshape"(%76) : (tensor<5xf32>) -> tensor<1x5xf32>
    %78 = "stablehlo.reshape"(%64) : (tensor<1x5xf32>) -> tensor<1x1x5xf32>
    %79 = "stablehlo.reshape"(%77) : (tensor<1x5xf32>) -> tensor<1x1x5xf32>
    %80 = "stablehlo.concatenate"(%78, %79) { dimension = 1 : i64 } : (tensor<1x1x5xf32>, tensor<1x1x5xf32>) -> tensor<1x2x5xf32>
    %81 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x5xf32>
    %82 = "stablehlo.multiply"(%80, %81) : (tensor<1x2x5xf32>, tensor<1x2x5xf32>) -> tensor<1x2x5xf32>
    %83 = "stablehlo.slice"(%82) {
      limit_indices = array<i64: 1, 1, 5>,
      start_indices = array<i64: 0, 0, 0>,
      strides = array<i64: 1, 1, 1>
    } : (tensor<1x2x5xf32>) -> tensor<1x1x5xf32>
    %84 = "stablehlo.reshape"(%83) : (tensor<1x1x5xf32>) -> tensor<1x5xf32>
    %85 = "stablehlo.reshape"(%84) : (tensor<1x5xf32>) -> tensor<5xf32>
    %86 = "stablehlo.broadcast_in_dim"(%85) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %87 = "stablehlo.subtract"(%62, %86) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %88 = "stablehlo.slice"(%22) {
      limit_indices = array<i64: 1, 1, 5>,
      start_indices = array<i64: 0, 0, 0>,
      strides = array<i64: 1, 1, 1>
    } : (tensor<1x2x5xf32>) -> tensor<1x1x5xf32>
    %89 = "stablehlo.reshape"(%88) : (tensor<1x1x5xf32>) -> tensor<1x5xf32>
    %90 = "stablehlo.reshape"(%89) : (tensor<1x5xf32>) -> tensor<5xf32>
    %91 = "stablehlo.broadcast_in_dim"(%90) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %92 = "stablehlo.subtract"(%0, %91) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %93 = "stablehlo.slice"(%22) {
      limit_indices = array<i64: 1, 2, 5>,
      start_indices = array<i64: 0, 1, 0>,
      strides = array<i64: 1, 1, 1>
    } : (tensor<1x2x5xf32>) -> tensor<1x1x5xf32>
    %94 = "stablehlo.reshape"(%93) : (tensor<1x1x5xf32>) -> tensor<1x5xf32>
    %95 = "stablehlo.reshape"(%94) : (tensor<1x5xf32>) -> tensor<5xf32>
    %96 = "stablehlo.broadcast_in_dim"(%95) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %97 = "stablehlo.multiply"(%92, %96) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %98 = "stablehlo.slice"(%82) {
      limit_indices = array<i64: 1, 2, 5>,
      start_indices = array<i64: 0, 1, 0>,
      strides = array<i64: 1, 1, 1>
    } : (tensor<1x2x5xf32>) -> tensor<1x1x5xf32>
    %99 = "stablehlo.reshape"(%98) : (tensor<1x1x5xf32>) -> tensor<1x5xf32>
    %100 = "stablehlo.reshape"(%99) : (tensor<1x5xf32>) -> tensor<5xf32>
    %101 = "stablehlo.broadcast_in_dim"(%100) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %102 = "stablehlo.multiply"(%97, %101) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %103 = "stablehlo.subtract"(%87, %102) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %104 = "stablehlo.broadcast_in_dim"(%arg3) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %105 = "stablehlo.slice"(%22) {
      limit_indices = array<i64: 1, 2, 5>,
      start_indices = array<i64: 0, 1, 0>,
      strides = array<i64: 1, 1, 1>
    } : (tensor<1x2x5xf32>) -> tensor<1x1x5xf32>
    %106 = "stablehlo.reshape"(%105) : (tensor<1x1x5xf32>) -> tensor<1x5xf32>
    %107 = "stablehlo.reshape"(%106) : (tensor<1x5xf32>) -> tensor<5xf32>
    %108 = "stablehlo.broadcast_in_dim"(%107) { broadcast_dimensions = array<i64: 3> } : (tensor<5xf32>) -> tensor<1x4x4x5xf32>
    %109 = "stablehlo.multiply"(%104, %108) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %110 = "stablehlo.multiply"(%103, %109) : (tensor<1x4x4x5xf32>, tensor<1x4x4x5xf32>) -> tensor<1x4x4x5xf32>
    %111 = "stablehlo.slice"(%80) {
      limit_indices = array<i64: 1, 2, 5>,
      start_indices = array<i64: 0, 1, 0>,
      strides = array<i64: 1, 1, 1>
    } : (tensor<1x2x5xf32>) -> tensor<1x1x5xf32>
    %112 = "stablehlo.reshape"(%111) : (tensor<1x1x5xf32>) -> tensor<1x5xf32>
    %113 = "stablehlo.reduce"(%112, %1) ({
      ^reductionFn(%arg5: tensor<f32>, %arg6: tensor<f32>) :
          %2 = "stablehlo.add"(%arg5, %arg6) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%2) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0> } : (tensor<1x5xf32>, tensor<f32>) -> tensor<5xf32>
    %114 = "stablehlo.slice"(%80) {
      limit_indices = array<i64: 1, 1, 5>,
      start_indices = array<i64: 0, 0, 0>,
      strides = array<i64: 1, 1, 1>
    } : (tensor<1x2x5xf32>) -> tensor<1x1x5xf32>
    %115 = "stablehlo.reshape"(%114) : (tensor<1x1x5xf32>) -> tensor<1x5xf32>
    %116 = "stablehlo.reduce"(%115, %1) ({
      ^reductionFn(%arg5: tensor<f32>, %arg6: tensor<f32>) :
          %2 = "stablehlo.add"(%arg5, %arg6) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%2) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0> } : (tensor<1x5xf32>, tensor<f32>) -> tensor<5xf32>
    %117 = "stablehlo.reverse"(%arg1) { dimensions = array<i64: 0, 1> } : (tensor<4x4x3x5xf32>) -> tensor<4x4x3x5xf32>
    %118 = "stablehlo.convolution"(%110, %117) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[b, 0, 1, f]x[0, 1, o, i]->[b, 0, 1, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 2, 2>,
      padding = dense<[[2, 2], [2, 2]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>],
      rhs_dilation = array<i64: 1, 1>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 1, 1>
    } : (tensor<1x4x4x5xf32>, tensor<4x4x3x5xf32>) -> tensor<1x8x8x3xf32>
    %119 = "stablehlo.convolution"(%arg0, %110) {
      batch_group_count = 1 : i64,
      dimension_numbers = #stablehlo.conv<[f, 0, 1, b]x[i, 0, 1, o]->[0, 1, b, f]>,
      feature_group_count = 1 : i64,
      lhs_dilation = array<i64: 1, 1>,
      padding = dense<[[1, 1], [1, 1]]> : tensor<2x2xi64>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>],
      rhs_dilation = array<i64: 2, 2>,
      window_reversal = array<i1: false, false>,
      window_strides = array<i64: 1, 1>
    } : (tensor<1x8x8x3xf32>, tensor<1x4x4x5xf32>) -> tensor<4x4x3x5xf32>
    "stablehlo.return"(%45, %118, %119, %57, %113, %116) : (tensor<1x8x8x3xf32>, tensor<1x8x8x3xf32>, tensor<4x4x3x5xf32>, tensor<4x4x5x3xf32>, tensor<5xf32>, tensor<5xf32>) -> ()
  }
}

